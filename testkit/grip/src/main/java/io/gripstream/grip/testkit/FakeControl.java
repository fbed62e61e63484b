package io.gripstream.grip.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The control endpoint: it answers and checks like Pushpin, and remembers. */
final class FakeControl {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_BODY = 1_000_000;
  private static final List<String> FORMATS = List.of("http-stream", "http-response", "ws-message");

  private record Fault(int status, String text) {}

  /** The request counts, but its answer is lost. */
  private static final Fault NO_ANSWER = new Fault(-1, "");

  private final FakeSessions sessions;
  private final BlockingQueue<FakeItem> items = new LinkedBlockingQueue<>();
  private final BlockingQueue<ControlRequest> requests = new LinkedBlockingQueue<>();
  private final List<Integer> batchSizes = new ArrayList<>();
  private final ConcurrentLinkedQueue<Fault> faults = new ConcurrentLinkedQueue<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  FakeControl(FakeSessions sessions) {
    this.sessions = sessions;
  }

  void handle(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Connection", "close");
    byte[] body = exchange.getRequestBody().readAllBytes();
    requests.add(request(exchange, body));
    String target = exchange.getRequestURI().toString();
    if (target.equals("/")) {
      answer(exchange, 200, "Pushpin API\n");
    } else if (target.equals("/recover/") || target.equals("/recover")) {
      sessions.recover();
      answer(exchange, 200, "Updated\n");
    } else if (!target.equals("/publish/") && !target.equals("/publish")) {
      answer(exchange, 404, "Not Found\n");
    } else if (!exchange.getRequestMethod().equals("POST")) {
      answer(exchange, 405, "Method not allowed: " + exchange.getRequestMethod() + ".\n");
    } else if (exchange.getRequestHeaders().getFirst("Content-Length") == null) {
      answer(exchange, 411, "Content-Length required.\n");
    } else if (body.length > MAX_BODY) {
      answer(exchange, 400, "Request body too large.\n");
    } else {
      publish(exchange, body);
    }
  }

  private void publish(HttpExchange exchange, byte[] body) throws IOException {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Fault fault = faults.poll();
    if (fault != null && !fault.equals(NO_ANSWER)) {
      answer(exchange, fault.status(), fault.text());
      return;
    }
    List<FakeItem> batch;
    try {
      batch = parse(body);
    } catch (IllegalArgumentException | JacksonException e) {
      answer(exchange, 400, "Parse error: " + e.getMessage() + "\n");
      return;
    }
    synchronized (batchSizes) {
      batchSizes.add(batch.size());
    }
    items.addAll(batch);
    batch.forEach(sessions::publish);
    if (NO_ANSWER.equals(fault)) {
      exchange.close();
      return;
    }
    answer(exchange, 200, "Published\n");
  }

  /** Pushpin rejects the whole request for one wrong type. */
  private static List<FakeItem> parse(byte[] body) {
    JsonNode list = JSON.readTree(body).path("items");
    require(list.isArray(), "object does not contain 'items'");
    var batch = new ArrayList<FakeItem>();
    for (JsonNode item : list) {
      require(item.path("channel").isString(), "'channel' must be a string");
      for (String name : List.of("id", "prev-id")) {
        require(!item.has(name) || item.get(name).isString(), "'" + name + "' must be a string");
      }
      require(!item.has("no-seq") || item.get("no-seq").isBoolean(), "'no-seq' must be a bool");
      item.path("meta").forEach(value -> require(value.isString(), "'meta' has a non-string"));
      JsonNode formats = item.path("formats");
      require(formats.isObject() && !formats.isEmpty(), "'formats' must be a non-empty object");
      FORMATS.forEach(name -> checkFormat(formats.get(name)));
      batch.add(new FakeItem(item));
    }
    return batch;
  }

  private static void checkFormat(@Nullable JsonNode format) {
    if (format == null) {
      return;
    }
    for (String name : List.of("content", "content-bin", "body", "body-bin", "action", "reason")) {
      require(!format.has(name) || format.get(name).isString(), "'" + name + "' must be a string");
    }
    require(
        !format.has("body-patch") || format.get("body-patch").isArray(),
        "'body-patch' must be a list");
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }

  private static ControlRequest request(HttpExchange exchange, byte[] body) {
    var headers = new TreeMap<String, List<String>>();
    for (Map.Entry<String, List<String>> header : exchange.getRequestHeaders().entrySet()) {
      headers.put(header.getKey().toLowerCase(Locale.ROOT), List.copyOf(header.getValue()));
    }
    return new ControlRequest(
        exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body);
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  FakeItem takeItem() {
    return take(items, "item");
  }

  ControlRequest takeRequest() {
    return take(requests, "request to the control endpoint");
  }

  private static <T> T take(BlockingQueue<T> queue, String what) {
    try {
      T next = queue.poll(10, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no " + what + " came within 10 s");
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the next " + what, e);
    }
  }

  List<FakeItem> items() {
    return List.copyOf(items);
  }

  List<Integer> batchSizes() {
    synchronized (batchSizes) {
      return List.copyOf(batchSizes);
    }
  }

  void answerNext(int status, String text) {
    faults.add(new Fault(status, text));
  }

  void loseNextAnswer() {
    faults.add(NO_ANSWER);
  }

  void pause() {
    gate = new CountDownLatch(1);
  }

  void proceed() {
    gate.countDown();
  }
}
