package io.gripstream.eventstream.proxied;

import io.gripstream.eventstream.store.EventStore;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of follow-up links, asked of the storage when they are first needed, so that all
 * processes on it agree. Without storage: the configured one, or one of this process. Thread-safe.
 */
final class SigningKeys {
  private static final int BYTES = 32;

  private final @Nullable EventStore store;
  private final byte @Nullable [] configured;
  private volatile @Nullable FollowUpTokens tokens;

  SigningKeys(@Nullable EventStore store, byte @Nullable [] configured) {
    this.store = store;
    this.configured = configured;
  }

  FollowUpTokens tokens() {
    FollowUpTokens known = tokens;
    if (known == null) {
      // Twice at worst, with the same result: the storage decides.
      known = new FollowUpTokens(keys());
      tokens = known;
    }
    return known;
  }

  private synchronized List<byte[]> keys() {
    if (store != null) {
      return store.signingKeys(configured);
    }
    if (configured != null) {
      return List.of(configured);
    }
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    return List.of(random);
  }
}
