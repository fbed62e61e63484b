package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.ProxyLedger;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Outage;
import io.gripstream.grip.internal.Seldom;
import io.gripstream.grip.internal.Threads;
import io.gripstream.grip.publish.PublishException;
import io.gripstream.grip.publish.PublishException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats unconfirmed events to one proxy, for all processes: after 2 s, with the same ids, in
 * order per channel. Events older than 45 s are never sent, because a proxy forgets after 60 s
 * which ids it has seen. Instead, the proxy repeats the requests of its clients ({@code POST
 * /recover/}). An event that the proxy refuses is not sent again: the proxy repeats the requests of
 * that channel's clients. One process at a time does this.
 */
final class Relay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

  private static final Duration ROUND = Duration.ofMillis(500);
  private static final Duration REGISTER = Duration.ofSeconds(15);
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration REPEAT_AFTER = Duration.ofSeconds(2);
  private static final Duration NEVER_AFTER = Duration.ofSeconds(45);
  private static final int CHANNELS_PER_ROUND = 200;
  private static final PageLimit PAGE = new PageLimit(500, 1_000_000);

  private final EventStore store;
  private final ProxyLine line;
  private final Clock clock;
  private final ScheduledExecutorService thread;
  private final Outage outage = new Outage();
  private final Seldom refusals = new Seldom(System::nanoTime);

  /** The last refused event of a channel for which the proxy was told to ask. */
  private final Map<String, Long> askedFor = new HashMap<>();

  private Instant registered = Instant.EPOCH;

  Relay(EventStore store, ProxyLine line) {
    this.store = store;
    this.line = line;
    this.clock = store.clock();
    this.thread = Threads.loop("gripstream-relay");
  }

  void start() {
    thread.scheduleWithFixedDelay(this::guardedRound, 0, ROUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void guardedRound() {
    try {
      round();
      if (outage.ends()) {
        LOG.info("The relay to proxy {} works again", line.name());
      }
    } catch (StoreException e) {
      if (!thread.isShutdown() && outage.begins()) {
        LOG.warn("The relay to proxy {} waits for the storage: {}", line.name(), e.getMessage());
      }
    }
  }

  private void round() {
    ProxyLedger ledger = store.ledger();
    Instant now = clock.instant();
    // Also after the clock was set back: else a restored storage would be noticed as late.
    if (Duration.between(registered, now).abs().compareTo(REGISTER) >= 0) {
      ledger.register(List.of(line.name()));
      registered = now;
    }
    List<ProxyLedger.Backlog> backlog =
        ledger.backlog(line.name(), REPEAT_AFTER, CHANNELS_PER_ROUND);
    askedFor
        .keySet()
        .retainAll(backlog.stream().map(ProxyLedger.Backlog::channel).toList());
    boolean owes = ledger.owesRecovery(line.name());
    if ((backlog.isEmpty() && !owes) || !ledger.lease("relay " + line.name(), LEASE)) {
      return;
    }
    boolean reachable = true;
    for (ProxyLedger.Backlog missing : backlog) {
      long from = giveUpOld(ledger, missing);
      if (reachable && from < missing.last()) {
        reachable = repeat(missing.channel(), from, missing.last());
      }
    }
    if (reachable && ledger.owesRecovery(line.name()) && failure(line.recover()) == null) {
      ledger.recovered(line.name());
      LOG.info(
          "Proxy {} repeats the requests of all its clients: it missed events, or the storage or its rules are new to it",
          line.name());
    }
  }

  /** @return the id up to which nothing is left to send */
  private long giveUpOld(ProxyLedger ledger, ProxyLedger.Backlog missing) {
    Instant oldest = clock.instant().minus(NEVER_AFTER);
    long from = firstKept(missing.channel(), missing.confirmed(), missing.last(), oldest);
    if (from > missing.confirmed()) {
      ledger.giveUp(line.name(), missing.channel(), from);
    }
    return from;
  }

  /**
   * The last id that is trimmed or older than that. Events are in order of time, so a binary search
   * finds it.
   */
  private long firstKept(String channel, long confirmed, long last, Instant oldest) {
    long low = confirmed;
    long high = last;
    while (low < high) {
      long middle = low + (high - low) / 2;
      Page next = store.read(channel, middle, middle + 1, new PageLimit(1, 1));
      boolean tooOld = next.events().isEmpty() || next.events().get(0).at().isBefore(oldest);
      if (tooOld) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** @return whether the proxy answered */
  private boolean repeat(String channel, long after, long last) {
    Instant newest = clock.instant().minus(REPEAT_AFTER);
    long from = after;
    while (from < last) {
      List<Event> events = store.read(channel, from, last, PAGE).events();
      Map<Long, CompletableFuture<Void>> answers = new LinkedHashMap<>();
      for (Event event : events) {
        if (event.at().isAfter(newest)) {
          break;
        }
        answers.put(event.id(), line.publish(event));
        from = event.id();
      }
      if (!areSettled(channel, answers)) {
        return false;
      }
      if (answers.size() < events.size() || events.isEmpty()) {
        return true;
      }
    }
    return true;
  }

  /** @return whether clients get all of these events, from the proxy or from storage */
  private boolean areSettled(String channel, Map<Long, CompletableFuture<Void>> answers) {
    List<Long> refused = new ArrayList<>();
    Throwable why = null;
    boolean isReachable = true;
    for (Map.Entry<Long, CompletableFuture<Void>> answer : answers.entrySet()) {
      Throwable failure = failure(answer.getValue());
      if (isRefusal(failure)) {
        refused.add(answer.getKey());
        why = failure;
      } else if (failure != null) {
        isReachable = false;
      }
    }
    return isReachable && (why == null || isAskedFor(channel, refused, why));
  }

  /**
   * Makes the clients of the channel read from storage what the proxy refuses. The events are done
   * with that: the proxy would refuse them again.
   *
   * @return whether the proxy was told
   */
  private boolean isAskedFor(String channel, List<Long> refused, Throwable why) {
    long last = refused.get(refused.size() - 1);
    // Confirmations are written late, so the same events may come again.
    if (last > askedFor.getOrDefault(channel, 0L)) {
      if (failure(line.ask(channel)) != null) {
        return false;
      }
      askedFor.put(channel, last);
      refusals.perhaps(leftOut -> LOG.warn(
          "A proxy refuses event {} of channel {}; its clients read the event from storage: {}{}",
          last,
          channel,
          why.getMessage(),
          Seldom.more(leftOut)));
    }
    refused.forEach(id -> store.ledger().confirm(line.name(), channel, id, id));
    return true;
  }

  private static boolean isRefusal(@Nullable Throwable failure) {
    return failure instanceof PublishException publish
        && (publish.kind() == Kind.REJECTED || publish.kind() == Kind.TOO_LARGE);
  }

  /** Waits. Returns null after a success. */
  private static @Nullable Throwable failure(CompletableFuture<Void> answer) {
    try {
      answer.join();
      return null;
    } catch (CompletionException failed) {
      return failed.getCause();
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
