package io.gripstream.eventstream.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Users whose rights on channels are revoked for a while, whatever their token says. Thread-safe;
 * all methods block. An entry is kept as it is written: that a channel may be a pattern such as
 * {@code room-*} is for who reads the entries to know.
 */
public interface Revocations {
  /**
   * Maximum number in force at once. Every process keeps them all: 100 bytes each and the two
   * names, 20 MB or so.
   */
  int MAX = 100_000;

  /** What was lifted or ran out is told by {@link #changes} for as long. */
  Duration CHANGES_KEPT = Duration.ofHours(1);

  /**
   * Revokes the user on the channel until then; replaces an earlier entry for the same two.
   *
   * @throws IllegalArgumentException if a rule of {@link io.gripstream.eventstream.UserNames} or
   *     {@link io.gripstream.eventstream.ChannelNames} is broken
   * @throws TooManyRevocationsException if {@link #MAX} others are in force
   */
  void revoke(String user, String channel, Instant until);

  /** Lifts it; nothing happens if there is none. */
  void lift(String user, String channel);

  /**
   * Those in force, by user and channel.
   *
   * @param user of whom; null: of all
   * @param most how many at most, from the beginning
   */
  List<Revocation> active(@Nullable String user, int most);

  /**
   * What changed after an earlier answer: entries that were written, and those that were lifted,
   * whose time is past then. What runs out by itself is no change.
   *
   * @param after {@link Changes#upTo} of an answer that is not older than {@link #CHANGES_KEPT}; 0:
   *     all that are in force
   */
  Changes changes(long after);

  /** One entry. */
  record Revocation(String user, String channel, Instant until) {}

  /**
   * Entries as they are now.
   *
   * @param upTo the number of the last change that is in them
   */
  record Changes(long upTo, List<Revocation> entries) {
    public Changes {
      entries = List.copyOf(entries);
    }
  }
}
