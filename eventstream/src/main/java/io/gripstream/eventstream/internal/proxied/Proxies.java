package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.store.Change;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.publish.EncodedItem;
import io.gripstream.grip.publish.ProxyHealth;
import io.gripstream.grip.publish.PublishMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The proxies of this process. Every stored event is published to each of them immediately, in
 * order. The {@link Relay} repeats unconfirmed events from storage. Thread-safe.
 */
public final class Proxies implements AutoCloseable {
  private static final Duration DRAIN = Duration.ofSeconds(5);

  private final Items items;
  private final List<ProxyLine> lines;
  private final @Nullable EventStore store;
  private final @Nullable Openings openings;
  private EventStore.@Nullable Registration changes;

  /** @param store null: nothing is stored, and nothing repeated */
  public Proxies(
      List<Upstream> proxies,
      GripPrefix prefix,
      @Nullable EventStore store,
      StreamMetrics metrics,
      PublishMetrics publishMetrics,
      Clock clock) {
    this(proxies, new Items(GripNames.of(store), prefix), store, metrics, publishMetrics, clock);
  }

  Proxies(
      List<Upstream> proxies,
      Items items,
      @Nullable EventStore store,
      StreamMetrics metrics,
      PublishMetrics publishMetrics,
      Clock clock) {
    this.store = store;
    this.items = items;
    this.lines = proxies.stream()
        .map(proxy -> new ProxyLine(proxy, items, store, metrics, publishMetrics, clock))
        .toList();
    this.openings = store == null || lines.isEmpty()
        ? null
        : new Openings(store, channel -> lines.forEach(line -> line.ask(channel)));
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  /** Begins to publish the events that this process stores. Blocks for storage. */
  public void start() {
    if (store == null || lines.isEmpty()) {
      return;
    }
    store.ledger().register(lines.stream().map(ProxyLine::name).toList());
    changes = store.onChange(change -> {
      if (change instanceof Change.Appended appended) {
        for (Event event : appended.events()) {
          publish(event);
        }
      }
    });
  }

  /**
   * Notes the rules by which this process grants streams, see
   * {@link io.gripstream.eventstream.store.ProxyLedger#granting}. Blocks for storage.
   *
   * @param rules a digest; null: they never change
   */
  public void granting(@Nullable String rules) {
    if (store != null && rules != null && !lines.isEmpty()) {
      store.ledger().granting(rules);
    }
  }

  /**
   * Also repeats events that any process stored and a proxy did not confirm, from now on.
   *
   * @param path of streams; null: none
   * @param keepers see {@link ProxiedStreams#keeperToken}
   * @param keepAlive of streams
   */
  public void serve(@Nullable String path, IntFunction<String> keepers, Duration keepAlive) {
    lines.forEach(line -> line.serve(path, keepers, keepAlive));
    if (openings != null) {
      openings.start();
    }
  }

  /** Notes for each proxy that one is about to hold a stream at this position. Does not block. */
  void answered(Position position) {
    if (openings != null) {
      openings.answered(position);
    }
  }

  /** Publishes an event to every proxy. Does not block. */
  public void publish(Event event) {
    if (!lines.isEmpty()) {
      // Senders wait for this, so it is done once for any number of proxies.
      EncodedItem item = items.of(event);
      lines.forEach(line -> line.publish(event, item));
    }
  }

  /**
   * Makes the proxies ask again for the streams of this user and others: now, and again after 3 s.
   */
  public void kick(String user) {
    int number = GripNames.kickNumber(user);
    for (ProxyLine line : lines) {
      line.kick(number);
    }
  }

  /** The state of each proxy, by name, in the order configured. */
  public Map<String, ProxyHealth> health() {
    Map<String, ProxyHealth> health = new LinkedHashMap<>();
    lines.forEach(line -> health.put(line.name(), line.health()));
    return Collections.unmodifiableMap(health);
  }

  /** Waits until everything published so far was answered, or the time is over. */
  public void flush(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    for (ProxyLine line : lines) {
      line.flush(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
  }

  /** Waits up to 5 s in all for answers to published events, and gives up the rest. */
  @Override
  public void close() {
    if (changes != null) {
      changes.close();
    }
    if (openings != null) {
      openings.close();
    }
    long deadline = System.nanoTime() + DRAIN.toNanos();
    for (ProxyLine line : lines) {
      line.close(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
  }
}
