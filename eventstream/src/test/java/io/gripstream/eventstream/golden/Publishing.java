package io.gripstream.eventstream.golden;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A control endpoint that only listens: what is published to it, how it was authenticated, and in
 * which order. Answers as it is told, then 200.
 */
final class Publishing implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpServer server;
  private final Deque<Integer> answers;
  private final List<Post> posts = new ArrayList<>();

  private Publishing(List<Integer> answers) throws IOException {
    this.answers = new ArrayDeque<>(answers);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::take);
    server.start();
  }

  static Publishing start(List<Integer> answers) {
    try {
      return new Publishing(answers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The items published in a row with the same path and authorization, in any grouping.
   *
   * @param authorization scheme, and issuer and algorithm of a JWT
   * @param items their formats beside the rest, as either side may write it
   */
  record Post(String path, String authorization, List<Map<String, JsonNode>> items) {
    static Post of(String path, String authorization, JsonNode items) {
      List<Map<String, JsonNode>> all = new ArrayList<>();
      for (JsonNode item : items) {
        Map<String, JsonNode> flat = new TreeMap<>(Recording.object(item));
        JsonNode formats = flat.remove("formats");
        if (formats != null) {
          flat.putAll(Recording.object(formats));
        }
        flat.replaceAll((name, value) -> plain(value));
        all.add(flat);
      }
      return new Post(path, authorization, all);
    }

    /** Without the epoch in the channel's name, and the event's own pair in front of its id. */
    private static JsonNode plain(JsonNode value) {
      return value.isString()
          ? JSON.valueToTree(Exchange.namesAtProxy(value.asString()))
          : value.isObject() && value.has("content")
              ? ((ObjectNode) value.deepCopy())
                  .put(
                      "content",
                      value
                          .get("content")
                          .asString()
                          .replaceFirst("id: [^,\n]+:[0-9]+,%I", "id: %I"))
              : value;
    }

    /** In order, those that follow their like joined to them. */
    static List<Post> merged(List<Post> posts) {
      List<Post> merged = new ArrayList<>();
      for (Post post : posts) {
        Post last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
        if (last != null
            && last.path.equals(post.path)
            && last.authorization.equals(post.authorization)) {
          last.items.addAll(post.items);
        } else {
          merged.add(new Post(post.path, post.authorization, new ArrayList<>(post.items)));
        }
      }
      // Proxies are told at the same time.
      merged.sort((a, b) -> a.path.compareTo(b.path));
      return merged;
    }
  }

  String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  synchronized List<Post> posts() {
    return Post.merged(posts);
  }

  private void take(HttpExchange exchange) throws IOException {
    // Empty where a proxy that is new to the storage is told to ask for its clients.
    JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    int status = 200;
    synchronized (this) {
      if (body.has("items")) {
        posts.add(Post.of(
            exchange.getRequestURI().toString(), readable(authorization), body.path("items")));
        Integer told = answers.poll();
        status = told == null ? 200 : told;
      }
    }
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private static String readable(@Nullable String authorization) {
    if (authorization == null) {
      return "none";
    }
    String[] parts = authorization.substring("Bearer ".length()).split("\\.", -1);
    if (parts.length != 3) {
      return authorization;
    }
    return jwt(
        part(parts[0]).path("alg").asString(""), part(parts[1]).path("iss").asString(""));
  }

  static String jwt(String algorithm, String issuer) {
    return "Bearer JWT " + algorithm + " of " + issuer;
  }

  private static JsonNode part(String base64) {
    return JSON.readTree(Base64.getUrlDecoder().decode(base64));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
