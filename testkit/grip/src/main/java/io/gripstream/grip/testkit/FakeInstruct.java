package io.gripstream.grip.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An instruct as a proxy reads it, with the answer for the client. */
record FakeInstruct(
    String hold,
    List<Subscription> channels,
    int timeoutSeconds,
    @Nullable KeepAlive keepAlive,
    @Nullable Link next,
    Map<String, String> meta,
    Answer answer) {

  private static final JsonMapper JSON = new JsonMapper();

  record Subscription(String name, @Nullable String prevId, List<String> filters) {}

  record KeepAlive(byte[] content, int timeoutSeconds, boolean isInterval) {}

  record Link(String uri, int timeoutSeconds) {}

  record Answer(int status, List<Map.Entry<String, String>> headers, byte[] body) {}

  /**
   * Reads an origin's answer.
   *
   * @throws IllegalArgumentException if Pushpin would answer 502
   */
  static FakeInstruct read(int status, Headers headers, byte[] body) {
    var parts = new Parts();
    parts.answer = new Answer(status, List.of(), body);
    String type = headers.get("Content-Type");
    boolean json = type != null && type.startsWith("application/grip-instruct");
    var forClient = new ArrayList<Map.Entry<String, String>>();
    if (json) {
      parts.json(JSON.readTree(body));
    } else {
      for (int i = 0; i < headers.size(); i++) {
        String name = headers.name(i);
        if (!name.regionMatches(true, 0, "Grip-", 0, 5) && !hopByHop(name)) {
          forClient.add(Map.entry(name, headers.value(i)));
        }
      }
      parts.answer = new Answer(status, forClient, body);
    }
    for (int i = 0; i < headers.size(); i++) {
      parts.header(headers.name(i).toLowerCase(Locale.ROOT), headers.value(i));
    }
    return parts.build();
  }

  private static boolean hopByHop(String name) {
    return List.of("content-length", "transfer-encoding", "connection", "content-encoding")
        .contains(name.toLowerCase(Locale.ROOT));
  }

  /** The parts read so far. */
  private static final class Parts {
    private String hold = "";
    private final List<Subscription> channels = new ArrayList<>();
    private int timeout = 55;
    private @Nullable KeepAlive keepAlive;
    private @Nullable Link next;
    private final Map<String, String> meta = new LinkedHashMap<>();
    private final List<String> expose = new ArrayList<>();
    private Answer answer = new Answer(200, List.of(), new byte[0]);

    FakeInstruct build() {
      var headers = new ArrayList<>(answer.headers());
      if (!expose.isEmpty()) {
        headers.removeIf(h -> expose.stream().noneMatch(e -> e.equalsIgnoreCase(h.getKey())));
      }
      return new FakeInstruct(
          hold,
          channels,
          timeout,
          keepAlive,
          next,
          meta,
          new Answer(answer.status(), headers, answer.body()));
    }

    void header(String name, String value) {
      switch (name) {
        case "grip-hold" -> {
          check(value.equals("stream") || value.equals("response"), "Grip-Hold");
          hold = value;
        }
        case "grip-channel" -> {
          for (String element : value.split(",", -1)) {
            channel(element);
          }
        }
        case "grip-timeout" -> timeout = Math.max(5, Integer.parseInt(value.strip()));
        case "grip-keep-alive" -> keepAlive(value);
        case "grip-link" -> link(value);
        case "grip-set-meta" -> meta(value);
        case "grip-status" ->
          answer =
              new Answer(Integer.parseInt(value.split(" ", 2)[0]), answer.headers(), answer.body());
        case "grip-expose-headers" -> {
          for (String element : value.split(",", -1)) {
            expose.add(element.strip());
          }
        }
        default -> {}
      }
    }

    private void channel(String element) {
      String[] parts = element.split(";", -1);
      String prevId = null;
      var filters = new ArrayList<String>();
      for (int i = 1; i < parts.length; i++) {
        String[] parameter = parts[i].strip().split("=", 2);
        if (parameter[0].equals("prev-id")) {
          prevId = parameter[1];
        } else if (parameter[0].equals("filter")) {
          filters.add(parameter[1]);
        }
      }
      channels.add(new Subscription(parts[0].strip(), prevId, filters));
    }

    private void keepAlive(String value) {
      String[] parts = value.split(";", -1);
      String format = "raw";
      int seconds = 55;
      boolean isInterval = false;
      for (int i = 1; i < parts.length; i++) {
        String[] parameter = parts[i].strip().split("=", 2);
        switch (parameter[0]) {
          case "format" -> format = parameter[1];
          case "timeout" -> seconds = Math.max(1, Integer.parseInt(parameter[1]));
          case "mode" -> isInterval = parameter[1].equals("interval");
          default -> {}
        }
      }
      String data = parts[0].strip();
      byte[] content = switch (format) {
        case "raw" -> data.getBytes(StandardCharsets.ISO_8859_1);
        case "cstring" -> cstring(data);
        case "base64" -> Base64.getDecoder().decode(data);
        default -> throw new IllegalArgumentException("Grip-Keep-Alive format");
      };
      keepAlive = new KeepAlive(content, seconds, isInterval);
    }

    private static byte[] cstring(String data) {
      var bytes = new ByteArrayOutputStream();
      for (int i = 0; i < data.length(); i++) {
        char c = data.charAt(i);
        if (c != '\\') {
          bytes.write(c);
          continue;
        }
        check(++i < data.length(), "Grip-Keep-Alive: backslash at the end");
        switch (data.charAt(i)) {
          case '\\' -> bytes.write('\\');
          case 'r' -> bytes.write('\r');
          case 'n' -> bytes.write('\n');
          case 'x' -> {
            bytes.write(Integer.parseInt(data.substring(i + 1, i + 3), 16));
            i += 2;
          }
          default -> {}
        }
      }
      return bytes.toByteArray();
    }

    private void link(String value) {
      check(value.startsWith("<") && value.indexOf('>') > 0, "Grip-Link");
      String uri = value.substring(1, value.indexOf('>'));
      check(uri.indexOf(',') < 0 && uri.indexOf(';') < 0, "Grip-Link");
      int seconds = 120;
      boolean isNext = false;
      for (String part : value.substring(value.indexOf('>') + 1).split(";", -1)) {
        String parameter = part.strip();
        if (parameter.startsWith("timeout=")) {
          seconds = Integer.parseInt(parameter.substring("timeout=".length()));
        }
        isNext |= parameter.equals("rel=next") || parameter.equals("rel=\"next\"");
      }
      if (isNext) {
        next = new Link(uri, seconds);
      }
    }

    /** {@code k="v", k2=v2} with backslash escapes inside quotes. */
    private void meta(String value) {
      int at = 0;
      while (at < value.length()) {
        int equals = value.indexOf('=', at);
        check(equals > 0, "Grip-Set-Meta");
        String key = value.substring(at, equals).strip();
        var text = new StringBuilder();
        at = equals + 1;
        if (value.startsWith("\"", at)) {
          for (at++; value.charAt(at) != '"'; at++) {
            if (value.charAt(at) == '\\') {
              at++;
            }
            text.append(value.charAt(at));
          }
          at++;
        } else {
          while (at < value.length() && ",;".indexOf(value.charAt(at)) < 0) {
            text.append(value.charAt(at++));
          }
        }
        meta.put(key, text.toString());
        int comma = value.indexOf(',', at);
        at = comma < 0 ? value.length() : comma + 1;
      }
    }

    void json(JsonNode document) {
      JsonNode holding = document.path("hold");
      hold = holding.path("mode").stringValue("response");
      check(holding.path("channels").isArray(), "hold does not contain 'channels'");
      for (JsonNode channel : holding.path("channels")) {
        var filters = new ArrayList<String>();
        channel.path("filters").forEach(filter -> filters.add(filter.stringValue()));
        JsonNode prevId = channel.get("prev-id");
        channels.add(new Subscription(
            channel.path("name").stringValue(),
            prevId == null ? null : prevId.stringValue(),
            filters));
      }
      timeout = Math.max(5, holding.path("timeout").intValue(55));
      holding
          .path("meta")
          .propertyStream()
          .forEach(entry -> meta.put(entry.getKey(), entry.getValue().stringValue()));
      JsonNode response = document.path("response");
      var headers = new ArrayList<Map.Entry<String, String>>();
      response
          .path("headers")
          .forEach(pair ->
              headers.add(Map.entry(pair.get(0).stringValue(), pair.get(1).stringValue())));
      answer = new Answer(
          response.path("code").intValue(200), headers, FakeItem.bytes(response, "body"));
    }

    private static void check(boolean condition, String what) {
      if (!condition) {
        throw new IllegalArgumentException("Failed to parse accept instructions: " + what);
      }
    }
  }
}
