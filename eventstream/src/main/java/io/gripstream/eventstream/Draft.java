package io.gripstream.eventstream;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event before it has an id: what a publisher asks for. Checked when it is made, so that
 * whatever holds a draft can store and write it.
 *
 * @param channel a name that {@link ChannelNames#check} accepts
 * @param type not empty; no CR, LF, NUL or half surrogate, no white space at either end, no mark
 *     that cannot be seen (of direction, without width); not {@code stream-open},
 *     {@code stream-reset}, {@code stream-error} or {@code keep-alive}, which belong to the stream
 *     itself; at most 255 bytes
 * @param data any text without half surrogates; CR, LF and CRLF split lines on the wire
 * @param skipUsers the users who do not get it: at most 1,000, of 255 bytes each and 32,768 bytes
 *     together; none empty, none with a comma or control character
 * @param idempotencyKey the same key on the same channel within 24 h is the same event; at most 255
 *     bytes, not empty; null: every draft is an event of its own
 */
public record Draft(
    String channel,
    String type,
    String data,
    Set<String> skipUsers,
    @Nullable String idempotencyKey) {

  /**
   * @throws IllegalArgumentException if a rule above is broken; the message names value and rule
   */
  public Draft {
    if (!channel.equals(ChannelNames.CONTROL)) {
      ChannelNames.check(channel);
    }
    DraftRules.checkType(type);
    DraftRules.checkData(data);
    DraftRules.checkSkippedUsers(skipUsers);
    skipUsers = Set.copyOf(skipUsers);
    if (idempotencyKey != null) {
      DraftRules.checkIdempotencyKey(idempotencyKey);
    }
  }

  /** A draft for everybody, without an idempotency key. */
  public static Draft of(String channel, String type, String data) {
    return new Draft(channel, type, data, Set.of(), null);
  }

  public Draft withSkipUsers(Set<String> users) {
    return new Draft(channel, type, data, users, idempotencyKey);
  }

  public Draft withIdempotencyKey(@Nullable String key) {
    return new Draft(channel, type, data, skipUsers, key);
  }
}
