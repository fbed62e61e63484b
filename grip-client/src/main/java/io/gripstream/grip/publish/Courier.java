package io.gripstream.grip.publish;

import io.gripstream.grip.GripProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends a batch to the control endpoint and reports the outcome of each item. */
final class Courier {

  /** An item whose outcome is known; the error is null if it is published. */
  record Settled(Delivery delivery, @Nullable PublishException error) {}

  /**
   * @param unsent items to try again, in order
   * @param cause the reason, if there are any
   */
  record Report(
      List<Settled> settled,
      List<Delivery> unsent,
      @Nullable PublishException cause) {}

  private static final byte[] HEAD = "{\"items\":[".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TAIL = "]}".getBytes(StandardCharsets.US_ASCII);

  /** Pushpin refuses larger requests, whatever its configuration. */
  private static final int MAX_REQUEST_BYTES = 1_000_000;

  static final int MAX_ITEM_BYTES = MAX_REQUEST_BYTES - HEAD.length - TAIL.length;

  private final ControlClient client;
  private final GripProxy proxy;
  private final HealthLog health;
  private final PublishMetrics metrics;

  Courier(GripProxy proxy, ControlClient client, HealthLog health, PublishOptions options) {
    this.proxy = proxy;
    this.client = client;
    this.health = health;
    this.metrics = options.metrics();
  }

  GripProxy proxy() {
    return proxy;
  }

  /**
   * Sends a batch in order. The endpoint rejects a whole batch for one bad item, so a rejected
   * batch is halved until the bad item is alone. Stops at the first sign that the endpoint does not
   * answer.
   */
  Report carry(List<Delivery> batch) {
    var settled = new ArrayList<Settled>(batch.size());
    Deque<List<Delivery>> parts = new ArrayDeque<>();
    parts.add(batch);
    while (!parts.isEmpty()) {
      List<Delivery> part = parts.removeFirst();
      ControlClient.Answer answer;
      try {
        answer = post(part);
      } catch (IOException e) {
        parts.addFirst(part);
        health.degraded(ControlClient.noAnswer(e), false);
        return away(settled, parts, ControlClient.noAnswer(e), e);
      }
      if (answer.isOk()) {
        part.forEach(delivery -> settled.add(new Settled(delivery, null)));
      } else if (answer.retriable()) {
        parts.addFirst(part);
        health.degraded(describe(answer), true);
        return away(settled, parts, describe(answer), null);
      } else if (concernsItems(answer) && part.size() > 1) {
        int half = part.size() / 2;
        parts.addFirst(part.subList(half, part.size()));
        parts.addFirst(part.subList(0, half));
      } else {
        PublishException error = rejection(answer);
        part.forEach(delivery -> settled.add(new Settled(delivery, error)));
      }
    }
    return new Report(settled, List.of(), null);
  }

  private ControlClient.Answer post(List<Delivery> part) throws IOException {
    byte[] body = body(part);
    long start = System.nanoTime();
    ControlClient.Answer answer = client.post("publish/", body);
    if (answer.isOk()) {
      health.ok();
      metrics.published(
          proxy, part.size(), body.length, Duration.ofNanos(System.nanoTime() - start));
    }
    return answer;
  }

  private Report away(
      List<Settled> settled,
      Deque<List<Delivery>> parts,
      String problem,
      @Nullable IOException cause) {
    List<Delivery> unsent = parts.stream().flatMap(List::stream).toList();
    var error = new PublishException(
        PublishException.Kind.UNREACHABLE, proxy.name() + ": " + problem, cause);
    return new Report(settled, unsent, error);
  }

  private static boolean concernsItems(ControlClient.Answer answer) {
    return answer.status() == 400 || answer.status() == 413 || answer.status() == 422;
  }

  private PublishException rejection(ControlClient.Answer answer) {
    boolean credentials = answer.status() == 401 || answer.status() == 403;
    if (concernsItems(answer)) {
      health.ok();
    } else {
      health.degraded(describe(answer), true);
    }
    return new PublishException(
        credentials ? PublishException.Kind.UNAUTHORIZED : PublishException.Kind.REJECTED,
        proxy.name() + ": " + describe(answer),
        null);
  }

  private static String describe(ControlClient.Answer answer) {
    String redirect =
        answer.status() >= 300 && answer.status() < 400 ? ", a redirect that is not followed" : "";
    String text = answer.text().isEmpty() ? "" : ": " + answer.text();
    return "the control endpoint answered " + answer.status() + redirect + text;
  }

  private static byte[] body(List<Delivery> part) {
    int size = HEAD.length + TAIL.length + part.size() - 1;
    for (Delivery delivery : part) {
      size += delivery.json().length;
    }
    byte[] body = new byte[size];
    int at = append(HEAD, body, 0);
    for (int i = 0; i < part.size(); i++) {
      if (i > 0) {
        body[at++] = ',';
      }
      at = append(part.get(i).json(), body, at);
    }
    append(TAIL, body, at);
    return body;
  }

  private static int append(byte[] from, byte[] to, int at) {
    System.arraycopy(from, 0, to, at, from.length);
    return at + from.length;
  }
}
