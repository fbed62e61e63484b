package io.gripstream.grip.contract;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gripstream.grip.HeaderSource;
import io.gripstream.grip.Instruct;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** An origin whose answers are functions by path, and which remembers the requests. */
final class TestOrigin implements AutoCloseable {

  record Request(String method, String target, HeaderSource headers, byte[] body) {}

  record Reply(int status, List<Map.Entry<String, String>> headers, byte[] body) {

    static Reply of(String text) {
      return of(text.getBytes(StandardCharsets.UTF_8));
    }

    static Reply of(byte[] body) {
      return new Reply(200, List.of(Map.entry("Content-Type", "text/plain")), body);
    }

    Reply with(Instruct instruct) {
      var more = new ArrayList<>(headers);
      more.addAll(instruct.headers());
      return new Reply(status, more, body);
    }

    Reply header(String name, String value) {
      var more = new ArrayList<>(headers);
      more.add(Map.entry(name, value));
      return new Reply(status, more, body);
    }

    /** The same answer as a document with the instruct. */
    Reply within(Instruct instruct) {
      var carrier = new ArrayList<Map.Entry<String, String>>();
      carrier.add(Map.entry("Content-Type", Instruct.CONTENT_TYPE));
      carrier.addAll(instruct.headersBesideJson());
      return new Reply(
          200, carrier, instruct.toJson(new Instruct.Answer(status, null, headers, body)));
    }
  }

  private final HttpServer server;
  private final Map<String, Function<Request, Reply>> routes = new ConcurrentHashMap<>();
  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();

  TestOrigin() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port());
  }

  void route(String path, Function<Request, Reply> reply) {
    routes.put(path, reply);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      HeaderSource headers = name -> exchange.getRequestHeaders().getOrDefault(name, List.of());
      var request = new Request(
          exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body);
      requests.add(request);
      String path = exchange.getRequestURI().getPath();
      Function<Request, Reply> route =
          routes.getOrDefault(path, r -> new Reply(404, List.of(), new byte[0]));
      Reply reply = route.apply(request);
      reply.headers().forEach(h -> exchange.getResponseHeaders().add(h.getKey(), h.getValue()));
      exchange.sendResponseHeaders(
          reply.status(), reply.body().length == 0 ? -1 : reply.body().length);
      exchange.getResponseBody().write(reply.body());
    }
  }

  /** Waits for the next request to a path; earlier ones to other paths are forgotten. */
  Request takeRequest(String path) throws InterruptedException {
    while (true) {
      Request request = requests.poll(20, TimeUnit.SECONDS);
      if (request == null) {
        throw new AssertionError("no request to " + path + " came");
      }
      if (URI.create(request.target()).getPath().equals(path)) {
        return request;
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
