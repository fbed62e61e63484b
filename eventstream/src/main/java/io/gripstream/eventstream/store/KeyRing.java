package io.gripstream.eventstream.store;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys that sign what clients and proxies bring back; all processes on a storage agree. */
public interface KeyRing {
  /** How long a key is valid after it was replaced. */
  Duration OLD_KEY_VALID = Duration.ofHours(24);

  /**
   * The valid keys, the current one first, then those that were replaced less than
   * {@link #OLD_KEY_VALID} ago. Blocks.
   *
   * @param configured becomes the current one; null: the current one is the newest one stored, or a
   *     random one of 32 bytes that is made now
   */
  List<byte[]> with(byte @Nullable [] configured);
}
