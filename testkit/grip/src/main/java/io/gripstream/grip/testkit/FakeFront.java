package io.gripstream.grip.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The clients' side: forwards their requests and follows the instructs in the answers. */
final class FakeFront {

  private static final Set<String> DROPPED =
      Set.of("connection", "host", "content-length", "accept-encoding", "transfer-encoding", "te");

  private final FakeOrigin origin;
  private final FakeSessions sessions;

  FakeFront(FakeOrigin origin, FakeSessions sessions) {
    this.origin = origin;
    this.sessions = sessions;
  }

  void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      var headers = new ArrayList<Map.Entry<String, String>>();
      exchange.getRequestHeaders().forEach((name, values) -> forward(name, values, headers));
      try {
        forward(exchange, headers, body);
      } catch (IllegalArgumentException e) {
        send(
            exchange,
            502,
            List.of(),
            String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A client cannot speak as a proxy. */
  private static void forward(
      String name, List<String> values, List<Map.Entry<String, String>> headers) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!DROPPED.contains(lower) && !lower.startsWith("grip-")) {
      values.forEach(value -> headers.add(Map.entry(name, value)));
    }
  }

  private void forward(HttpExchange exchange, List<Map.Entry<String, String>> headers, byte[] body)
      throws IOException, InterruptedException {
    String method = exchange.getRequestMethod();
    String target = exchange.getRequestURI().toString();
    byte[] content = method.equals("GET") || method.equals("HEAD") ? null : body;
    List<String> lastIds = List.of();
    while (true) {
      FakeInstruct instruct = origin.ask(method, target, headers, content, lastIds);
      if (instruct.hold().isEmpty() && instruct.next() == null) {
        send(exchange, instruct.answer());
        return;
      }
      var session = new FakeSession(sessions, origin, target, instruct);
      sessions.add(session);
      try {
        if (!instruct.hold().equals("response")) {
          stream(exchange, instruct, session);
          return;
        }
        FakeItem item = session.awaitResponse();
        send(exchange, item == null ? instruct.answer() : overlay(instruct.answer(), item));
        return;
      } catch (FakeSession.AskAgain e) {
        lastIds = session.lastIds();
      } finally {
        sessions.remove(session);
      }
    }
  }

  private static void stream(HttpExchange exchange, FakeInstruct instruct, FakeSession session)
      throws IOException, InterruptedException {
    instruct
        .answer()
        .headers()
        .forEach(h -> exchange.getResponseHeaders().add(h.getKey(), h.getValue()));
    exchange.sendResponseHeaders(instruct.answer().status(), 0);
    try (OutputStream out = exchange.getResponseBody()) {
      session.stream(out);
    }
  }

  private static FakeInstruct.Answer overlay(FakeInstruct.Answer held, FakeItem item) {
    JsonNode format = item.format("http-response");
    if (format == null) {
      return held;
    }
    var headers = new ArrayList<>(held.headers());
    for (JsonNode pair : format.path("headers")) {
      headers.removeIf(header -> header.getKey().equalsIgnoreCase(pair.get(0).stringValue()));
      headers.add(Map.entry(pair.get(0).stringValue(), pair.get(1).stringValue()));
    }
    return new FakeInstruct.Answer(
        format.path("code").intValue(200), headers, FakeItem.bytes(format, "body"));
  }

  private static void send(HttpExchange exchange, FakeInstruct.Answer answer) throws IOException {
    send(exchange, answer.status(), answer.headers(), answer.body());
  }

  private static void send(
      HttpExchange exchange, int status, List<Map.Entry<String, String>> headers, byte[] body)
      throws IOException {
    headers.forEach(
        header -> exchange.getResponseHeaders().add(header.getKey(), header.getValue()));
    boolean empty = body.length == 0
        || status == 204
        || status == 304
        || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, empty ? -1 : body.length);
    if (!empty) {
      exchange.getResponseBody().write(body);
    }
  }
}
