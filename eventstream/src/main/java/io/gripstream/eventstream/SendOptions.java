package io.gripstream.eventstream;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an event is sent. Immutable; start from {@link #NONE}.
 *
 * @param skipUsers the users who do not get it
 * @param idempotencyKey the same key on the same channel within 24 h is the same event; null: none
 */
public record SendOptions(Set<String> skipUsers, @Nullable String idempotencyKey) {
  /** To everybody, each time anew. */
  public static final SendOptions NONE = new SendOptions(Set.of(), null);

  public SendOptions {
    skipUsers = Set.copyOf(skipUsers);
  }

  /**
   * The same, but that these users do not get it, and no others are skipped.
   *
   * @throws IllegalArgumentException if one is named twice
   */
  public SendOptions skipping(String... users) {
    return new SendOptions(Set.of(users), idempotencyKey);
  }

  /** The same, with this key, at most 255 bytes. */
  public SendOptions withIdempotencyKey(String key) {
    return new SendOptions(skipUsers, key);
  }
}
