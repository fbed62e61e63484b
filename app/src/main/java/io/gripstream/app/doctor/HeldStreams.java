package io.gripstream.app.doctor;

import io.gripstream.app.server.RequestTrace;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.publish.Publisher;
import java.time.Duration;
import java.util.List;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Opens streams through the proxy, and publishes items past the server. An id that the server does
 * not know makes it answer the proxy's next follow-up with {@code stream-reset}, which shows the
 * follow-up here.
 */
final class HeldStreams {
  /** The type of the published events. */
  static final String RAW = "doctor-raw";

  static final String RESET = "stream-reset";

  /** An address for documentation (RFC 5737), which is never used. */
  static final String MADE_UP = "192.0.2.77";

  static final Duration PATIENCE = Duration.ofSeconds(5);

  /** A follow-up waits for up to 1 s after the first subscription, and then for its turn. */
  static final Duration FIRST_FOLLOW_UP = Duration.ofMillis(2_500);

  /** Maximum time for the answer to an immediate question. */
  static final Duration SOON = Duration.ofMillis(1_500);

  private final StreamRequests requests;
  private final Publisher publisher;

  /** @param publisher to all proxies: it is unknown which one holds a stream */
  HeldStreams(StreamRequests requests, Publisher publisher) {
    this.requests = requests;
    this.publisher = publisher;
  }

  /** Opens a stream of those channels; null: it did not open. */
  @Nullable
  HeldStream hold(String... channels) throws InterruptedException {
    Request.Builder request = requests
        .of(List.of(channels))
        .header(RequestTrace.ASK, "1")
        .header("X-Forwarded-For", MADE_UP);
    Probe probe = Probe.open(request, PATIENCE);
    Probe.Head head = probe.head(PATIENCE);
    if (head == null || !probe.await("stream-open", PATIENCE)) {
      probe.close();
      return null;
    }
    return new HeldStream(
        probe, RequestTrace.read(head.headers().get(RequestTrace.header())).orElse(null));
  }

  /**
   * Publishes an item with an id unknown to the server, and waits for a follow-up with no other
   * cause.
   *
   * @return whether one came; null: not even the item arrived
   */
  @Nullable
  Boolean settle(HeldStream held) throws InterruptedException {
    // Not immediately: so the proxy learns the id after which it waits for others.
    raw(held.name(), 1, 0, false);
    if (!held.probe().await(RAW, PATIENCE)) {
      return null;
    }
    return held.probe().await(RESET, FIRST_FOLLOW_UP);
  }

  /** Publishes an item of type {@link #RAW}. */
  void raw(String name, int id, int prevId, boolean atOnce) throws InterruptedException {
    Item.Builder item =
        Item.builder(name).id(Integer.toString(id)).prevId(Integer.toString(prevId)).stream(
            "event: " + RAW + "\ndata: " + id + "\n\n");
    publish(atOnce ? item.noSeq().build() : item.build());
  }

  void publish(Item item) {
    publisher.publish(item);
  }
}
