package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.store.Revocations;
import io.gripstream.eventstream.store.TooManyRevocationsException;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Revocations in a map. */
final class MemoryRevocations implements Revocations {
  private record Key(String user, String channel) {}

  private record Entry(Instant until, long change) {}

  // Guarded by this.
  private final Map<Key, Entry> entries = new HashMap<>();
  private long last;

  private final Clock clock;

  public MemoryRevocations(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized void revoke(String user, String channel, Instant until) {
    RevocationRules.check(user, channel);
    Instant now = clock.instant();
    Instant forgotten = now.minus(CHANGES_KEPT);
    entries.values().removeIf(entry -> !entry.until.isAfter(forgotten));
    Key key = new Key(user, channel);
    long others = entries.entrySet().stream()
        .filter(other -> other.getValue().until.isAfter(now) && !other.getKey().equals(key))
        .count();
    if (others >= MAX) {
      throw new TooManyRevocationsException();
    }
    entries.put(key, new Entry(RevocationRules.stored(until), ++last));
  }

  @Override
  public synchronized void lift(String user, String channel) {
    RevocationRules.check(user, channel);
    Instant now = clock.instant();
    entries.computeIfPresent(
        new Key(user, channel),
        (key, entry) -> entry.until.isAfter(now) ? new Entry(now, ++last) : entry);
  }

  @Override
  public synchronized List<Revocation> active(@Nullable String user, int most) {
    return inForce()
        .filter(entry -> user == null || entry.user().equals(user))
        .sorted(Comparator.comparing(Revocation::user).thenComparing(Revocation::channel))
        .limit(most)
        .toList();
  }

  @Override
  public synchronized Changes changes(long after) {
    if (after == 0) {
      return new Changes(last, inForce().toList());
    }
    return new Changes(
        last,
        entries.entrySet().stream()
            .filter(entry -> entry.getValue().change > after)
            .map(MemoryRevocations::revocation)
            .toList());
  }

  private Stream<Revocation> inForce() {
    Instant now = clock.instant();
    return entries.entrySet().stream()
        .map(MemoryRevocations::revocation)
        .filter(entry -> entry.until().isAfter(now));
  }

  private static Revocation revocation(Map.Entry<Key, Entry> entry) {
    return new Revocation(entry.getKey().user, entry.getKey().channel, entry.getValue().until);
  }
}
