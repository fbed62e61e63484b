package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.internal.store.core.RevocationRules;
import io.gripstream.eventstream.store.Revocations;
import io.gripstream.eventstream.store.TooManyRevocationsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Revocations in two sorted sets: by the time of their end, and by the number of their last change.
 * A lifted entry stays for a while, with a time in the past.
 */
final class RedisRevocations implements Revocations {
  private final RedisStorage storage;

  RedisRevocations(RedisStorage storage) {
    this.storage = storage;
  }

  @Override
  public void revoke(String user, String channel, Instant until) {
    RevocationRules.check(user, channel);
    long end = RevocationRules.stored(until).toEpochMilli();
    if (!isChanged(user, channel, end, String.valueOf(MAX))) {
      throw new TooManyRevocationsException();
    }
  }

  @Override
  public void lift(String user, String channel) {
    RevocationRules.check(user, channel);
    isChanged(user, channel, storage.clock().millis(), "");
  }

  private boolean isChanged(String user, String channel, long until, String most) {
    List<Object> answer = storage
        .home()
        .ask(
            Script.REVOKE,
            List.of(
                storage.home().keys().revokedUntil(), storage.home().keys().revocationChanges()),
            List.of(
                user + "\n" + channel,
                String.valueOf(until),
                String.valueOf(storage.clock().millis()),
                most));
    return RedisStorage.text(answer, 1).equals("1");
  }

  @Override
  public List<Revocation> active(@Nullable String user, int most) {
    return changes(0).entries().stream()
        .filter(entry -> user == null || entry.user().equals(user))
        .sorted(Comparator.comparing(Revocation::user).thenComparing(Revocation::channel))
        .limit(most)
        .toList();
  }

  @Override
  public Changes changes(long after) {
    List<Object> answer = storage
        .home()
        .ask(
            Script.REVOCATIONS,
            List.of(
                storage.home().keys().revokedUntil(), storage.home().keys().revocationChanges()),
            List.of(String.valueOf(after), String.valueOf(storage.clock().millis())));
    List<Revocation> entries = new ArrayList<>();
    for (int i = 2; i < answer.size(); i += 2) {
      String[] name = RedisStorage.text(answer, i).split("\n", 2);
      long until = (long) Double.parseDouble(RedisStorage.text(answer, i + 1));
      entries.add(new Revocation(name[0], name[1], Instant.ofEpochMilli(until)));
    }
    return new Changes(RedisStorage.number(answer, 1), entries);
  }
}
