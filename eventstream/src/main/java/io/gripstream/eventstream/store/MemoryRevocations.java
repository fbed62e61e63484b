package io.gripstream.eventstream.store;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Revocations in a map. */
final class MemoryRevocations implements Revocations {
  private record Key(String user, String channel) {}

  private final Map<Key, Instant> entries = new ConcurrentHashMap<>();
  private final Clock clock;

  MemoryRevocations(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void revoke(String user, String channel, Instant until) {
    RevocationRules.check(user, channel);
    entries.put(new Key(user, channel), until);
  }

  @Override
  public void lift(String user, String channel) {
    RevocationRules.check(user, channel);
    entries.remove(new Key(user, channel));
  }

  @Override
  public List<Revocation> active() {
    Instant now = clock.instant();
    entries.values().removeIf(until -> !until.isAfter(now));
    return entries.entrySet().stream()
        .map(e -> new Revocation(e.getKey().user, e.getKey().channel, e.getValue()))
        .toList();
  }
}
