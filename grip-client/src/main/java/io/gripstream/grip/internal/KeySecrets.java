package io.gripstream.grip.internal;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the secret of a {@code GripKey}, which shows it to nobody else. For the server, which
 * refuses secrets that can be guessed.
 */
public final class KeySecrets {
  private static volatile @Nullable Function<Object, Optional<byte[]>> reader;

  private KeySecrets() {}

  /** Called once, by {@code GripKey}. */
  public static void readBy(Function<Object, Optional<byte[]>> reader) {
    KeySecrets.reader = reader;
  }

  /**
   * Returns the secret, without padding; empty if the key is a public or private one.
   *
   * @param key a {@code GripKey}: its package uses this one, so its type cannot be named here
   */
  public static Optional<byte[]> of(Object key) {
    return Objects.requireNonNull(reader, "there is no GRIP key").apply(key);
  }
}
