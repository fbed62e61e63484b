package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.store.KeyRing;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Signing keys in a list, the current one last. */
final class MemoryKeys implements KeyRing {
  private record Replaced(byte[] key, long at) {}

  private final Clock clock;
  private final List<Replaced> replaced = new ArrayList<>();
  private byte @Nullable [] current;

  MemoryKeys(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized List<byte[]> with(byte @Nullable [] configured) {
    long now = clock.millis();
    replaced.removeIf(old -> old.at <= now - OLD_KEY_VALID.toMillis());
    byte[] known = current;
    if (configured != null && !Arrays.equals(configured, known)) {
      if (known != null) {
        replaced.add(0, new Replaced(known, now));
      }
      replaced.removeIf(old -> Arrays.equals(old.key, configured));
      known = configured.clone();
    } else if (known == null) {
      known = RandomKey.make(new SecureRandom());
    }
    current = known;
    List<byte[]> keys = new ArrayList<>();
    keys.add(known.clone());
    replaced.forEach(old -> keys.add(old.key.clone()));
    return List.copyOf(keys);
  }
}
