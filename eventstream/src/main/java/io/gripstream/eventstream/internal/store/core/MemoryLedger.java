package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.ProxyLedger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ledger in maps, for a single process. */
final class MemoryLedger implements ProxyLedger {

  /** Finds the oldest event after an id. */
  interface Search {
    @Nullable
    Event firstAfter(String channel, long id);
  }

  private static final class Proxy {
    final Map<String, Long> confirmed = new HashMap<>();

    /** True from the beginning: it may hold streams of the history of an earlier process. */
    boolean isRecoveryOwed = true;
  }

  private record Candidate(Backlog backlog, long since) {}

  private final Clock clock;
  private final Supplier<Map<String, Head>> heads;
  private final Search search;
  private final Confirmations confirmations = new Confirmations();
  private final Map<String, Proxy> proxies = new HashMap<>();
  private final Map<String, Long> leases = new HashMap<>();
  private @Nullable GrantRules rules;

  MemoryLedger(Clock clock, Supplier<Map<String, Head>> heads, Search search) {
    this.clock = clock;
    this.heads = heads;
    this.search = search;
  }

  @Override
  public synchronized void register(Collection<String> names) {
    Map<String, Head> now = heads.get();
    for (String name : names) {
      proxies.computeIfAbsent(name, unknown -> {
        Proxy made = new Proxy();
        now.forEach((channel, head) -> made.confirmed.put(channel, head.last()));
        return made;
      });
    }
  }

  @Override
  public synchronized void confirm(String name, String channel, long first, long last) {
    Confirmations.checkRange(first, last);
    Proxy proxy = proxies.get(name);
    if (proxy != null) {
      Confirmations.Cursor cursor = new Confirmations.Cursor(name, channel);
      confirmations.add(cursor, first, last, clock.millis());
      long reached = confirmations.advanced(cursor, proxy.confirmed.getOrDefault(channel, 0L));
      proxy.confirmed.put(channel, reached);
      confirmations.written(cursor, reached);
    }
  }

  @Override
  public synchronized List<Backlog> backlog(String name, Duration age, int limit) {
    Proxy proxy = proxies.get(name);
    if (proxy == null) {
      return List.of();
    }
    long before = clock.millis() - age.toMillis();
    List<Candidate> candidates = new ArrayList<>();
    heads.get().forEach((channel, head) -> {
      long confirmed = proxy.confirmed.getOrDefault(channel, 0L);
      Event first = search.firstAfter(channel, confirmed);
      if (first != null && first.at().toEpochMilli() <= before) {
        candidates.add(new Candidate(
            new Backlog(channel, confirmed, head.last()), first.at().toEpochMilli()));
      }
    });
    return candidates.stream()
        .sorted(Comparator.comparingLong(Candidate::since))
        .limit(limit)
        .map(Candidate::backlog)
        .toList();
  }

  @Override
  public synchronized void giveUp(String name, String channel, long upTo) {
    Proxy proxy = proxies.get(name);
    if (proxy != null) {
      proxy.confirmed.merge(channel, upTo, Math::max);
      proxy.isRecoveryOwed = true;
    }
  }

  @Override
  public synchronized void granting(String digest) {
    GrantRules now = GrantRules.after(rules, digest, clock.millis());
    if (now.areNew(clock.millis())) {
      proxies.values().forEach(proxy -> proxy.isRecoveryOwed = true);
    }
    rules = now;
  }

  @Override
  public synchronized boolean owesRecovery(String name) {
    Proxy proxy = proxies.get(name);
    return proxy != null && proxy.isRecoveryOwed;
  }

  @Override
  public synchronized void recovered(String name) {
    Proxy proxy = proxies.get(name);
    if (proxy != null) {
      proxy.isRecoveryOwed = false;
    }
  }

  @Override
  public synchronized boolean lease(String task, Duration time) {
    leases.put(task, clock.millis() + time.toMillis());
    return true;
  }
}
