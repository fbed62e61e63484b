package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.KeyRing;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.ProxyLedger;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.Revocations;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.store.StoreOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The contract in its simplest form: maps under one lock. For tests. Read it before the other
 * backends.
 */
public final class MemoryEventStore extends AbstractEventStore {
  private final StoreOptions options;
  private final KeptHistory kept;
  private final Map<String, Log> logs = new HashMap<>();
  private final Map<Key, Keyed> keys = new HashMap<>();
  private final MemoryLedger ledger;
  private final MemoryRevocations revocations;
  private final MemoryKeys signingKeys;
  private int underWay;

  private record Key(String channel, String key) {}

  /** @param event null: forgotten since */
  private record Keyed(@Nullable Event event, long id, long at) {
    Event event(Draft draft, String channel) {
      return event == null ? NewEvent.of(draft, channel, id, at) : event;
    }

    Keyed forgotten() {
      return new Keyed(null, id, at);
    }
  }

  /** A channel: its remaining events, and the last id given. */
  private static final class Log {
    final ArrayDeque<Event> events = new ArrayDeque<>();
    long last;

    Head head() {
      return new Head(last, last - events.size());
    }

    void trim(long before, int size) {
      while (!events.isEmpty()
          && (events.size() > size || events.element().at().toEpochMilli() < before)) {
        events.remove();
      }
    }

    void forget(long upTo) {
      while (!events.isEmpty() && events.element().id() <= upTo) {
        events.remove();
      }
    }
  }

  public MemoryEventStore(StoreOptions options) {
    this(options, new KeptHistory(options.retention()));
  }

  private MemoryEventStore(StoreOptions options, KeptHistory kept) {
    super(options.clock(), kept);
    this.kept = kept;
    this.options = options;
    this.ledger = new MemoryLedger(options.clock(), this::heads, this::firstAfter);
    this.revocations = new MemoryRevocations(options.clock());
    this.signingKeys = new MemoryKeys(options.clock());
  }

  @Override
  protected String open() {
    return RandomEpoch.make();
  }

  /** There are no other processes. */
  @Override
  protected void watch() {}

  @Override
  protected void begin() {
    upkeep.every(Upkeep.trimming(options.retention()), "Trimming", this::trim);
  }

  @Override
  protected synchronized CompletableFuture<Appended> store(Draft draft) {
    CompletableFuture<Appended> outcome = new CompletableFuture<>();
    if (!isOpen()) {
      outcome.completeExceptionally(StoreException.closed());
    } else if (underWay >= options.maxWaiting()) {
      outcome.completeExceptionally(StoreException.busy(underWay));
    } else {
      underWay++;
      PendingAppend pending = new PendingAppend(draft, outcome, System.nanoTime());
      announcer.appended(List.of(added(draft)), List.of(pending), this::finished);
    }
    return outcome;
  }

  private synchronized void finished() {
    underWay--;
  }

  private Outcome added(Draft draft) {
    long at = options.clock().millis();
    String key = draft.idempotencyKey();
    Outcome repeated = key == null ? null : Outcome.repeated(draft, known(draft, key, at));
    if (repeated != null) {
      return repeated;
    }
    List<Event> events = new ArrayList<>(draft.channels().size());
    for (String channel : draft.channels()) {
      Log log = logs.computeIfAbsent(channel, name -> new Log());
      Event event = NewEvent.of(draft, channel, ++log.last, at);
      log.events.add(event);
      events.add(event);
      if (key != null) {
        keys.put(new Key(channel, key), new Keyed(event, event.id(), at));
      }
    }
    return Outcome.stored(events);
  }

  /** The events of the key, by channel. */
  private Map<String, Event> known(Draft draft, String key, long now) {
    Map<String, Event> known = new HashMap<>();
    for (String channel : draft.channels()) {
      Keyed keyed = keys.get(new Key(channel, key));
      if (keyed != null && keyed.at > now - Periods.IDEMPOTENCY_MEMORY.toMillis()) {
        known.put(channel, keyed.event(draft, channel));
      }
    }
    return known;
  }

  @Override
  public synchronized Page read(String channel, long after, long upTo, PageLimit limit) {
    requireOpen();
    Log log = logs.get(channel);
    if (log == null) {
      return new Page(List.of(), Head.EMPTY);
    }
    List<Event> events = new ArrayList<>();
    long bytes = 0;
    for (Event event : log.events) {
      if (events.size() == limit.events() || bytes >= limit.bytes() || event.id() > upTo) {
        break;
      }
      if (event.id() > after) {
        events.add(event);
        bytes += PageLimit.weight(event);
      }
    }
    return new Page(events, log.head());
  }

  @Override
  public synchronized Map<String, Head> heads(Collection<String> channels) {
    requireOpen();
    Map<String, Head> heads = new HashMap<>();
    for (String channel : channels) {
      Log log = logs.get(channel);
      heads.put(channel, log == null ? Head.EMPTY : log.head());
    }
    return heads;
  }

  @Override
  public synchronized List<String> channels(String prefix, int limit) {
    requireOpen();
    return logs.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized Head forget(String channel, long upTo) {
    requireOpen();
    Log log = logs.get(channel);
    if (log == null) {
      return Head.EMPTY;
    }
    log.forget(upTo);
    keys.replaceAll((key, known) ->
        key.channel.equals(channel) && known.id <= upTo ? known.forgotten() : known);
    return log.head();
  }

  private synchronized Map<String, Head> heads() {
    return heads(List.copyOf(logs.keySet()));
  }

  /** The oldest remaining event after the id, or null. */
  private synchronized @Nullable Event firstAfter(String channel, long id) {
    Log log = logs.get(channel);
    if (log == null) {
      return null;
    }
    for (Event event : log.events) {
      if (event.id() > id) {
        return event;
      }
    }
    return null;
  }

  private synchronized void trim() {
    long now = options.clock().millis();
    logs.forEach((channel, log) -> {
      Retention retention = kept.of(channel);
      if (retention != null) {
        log.trim(now - retention.ttl().toMillis(), retention.size().orElse(Integer.MAX_VALUE));
      }
    });
    long forgotten = now - Periods.IDEMPOTENCY_MEMORY.toMillis();
    keys.values().removeIf(known -> known.at <= forgotten);
  }

  @Override
  public KeyRing keys() {
    return signingKeys;
  }

  @Override
  public ProxyLedger ledger() {
    return ledger;
  }

  @Override
  public Revocations revocations() {
    return revocations;
  }

  @Override
  protected StoreHealth probe() {
    return StoreHealth.OK;
  }

  /** Appends in progress have told the announcer by then. */
  @Override
  protected synchronized void end() {}

  @Override
  protected void release() {}
}
