package io.gripstream.eventstream.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records users whose rights on channels are revoked until a time, whatever their tokens say.
 * Thread-safe; all methods block. Entries are kept as written. A channel may be a pattern such as
 * {@code room-*}; the reader of the entries interprets it.
 */
public interface Revocations {
  /**
   * Maximum number of entries in force at once. Every process keeps all of them: 100 bytes each
   * plus the two names, about 20 MB.
   */
  int MAX = 100_000;

  /**
   * The latest end of an entry. A later one, such as {@link Instant#MAX} for "forever", is stored
   * as this one.
   */
  Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /** Time for which {@link #changes} still reports lifted and expired entries. */
  Duration CHANGES_KEPT = Duration.ofHours(1);

  /**
   * Revokes the user's rights on the channel until that time, at most {@link #LATEST}. Replaces an
   * earlier entry of the same user and channel.
   *
   * @throws IllegalArgumentException if a rule of {@link io.gripstream.eventstream.UserNames} or
   *     {@link io.gripstream.eventstream.ChannelNames} is broken
   * @throws TooManyRevocationsException if {@link #MAX} others are in force
   */
  void revoke(String user, String channel, Instant until);

  /** Ends the revocation of this user on this channel. Does nothing if there is none. */
  void lift(String user, String channel);

  /**
   * Returns the entries in force, sorted by user and channel.
   *
   * @param user null: all users
   * @param most maximum number of entries, from the beginning
   */
  List<Revocation> active(@Nullable String user, int most);

  /**
   * Returns the changes after an earlier answer: entries that were written, and entries that were
   * lifted, which now have a time in the past. An entry that expires is not a change.
   *
   * @param after {@link Changes#upTo} of an answer not older than {@link #CHANGES_KEPT}; 0: all
   *     entries in force
   */
  Changes changes(long after);

  /** One entry. */
  record Revocation(String user, String channel, Instant until) {}

  /**
   * Entries as they are now.
   *
   * @param upTo the number of the last change in them
   */
  record Changes(long upTo, List<Revocation> entries) {
    public Changes {
      entries = List.copyOf(entries);
    }
  }
}
