package io.gripstream.eventstream.store;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that sign links which clients and proxies bring back. All processes of a storage agree
 * on them.
 */
public interface KeyRing {
  /** Time for which a replaced key stays valid. */
  Duration OLD_KEY_VALID = Duration.ofHours(24);

  /**
   * Returns the valid keys: the current one first, then those replaced less than
   * {@link #OLD_KEY_VALID} ago. Blocks.
   *
   * @param configured becomes the current key; null: the current key is the newest stored one, or a
   *     new random one of 32 bytes
   */
  List<byte[]> with(byte @Nullable [] configured);
}
