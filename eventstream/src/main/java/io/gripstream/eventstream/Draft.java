package io.gripstream.eventstream;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event before it has an id: its channel, type, data and the users that do not get it. Every
 * rule is checked when a draft is made or changed, except the length, which
 * {@link EventStreamConfig#maxEventBytes(int)} limits when it is sent.
 *
 * <pre>{@code
 * Draft.of("chat", "line", Map.of("text", "hello")).skipping("bob").idempotencyKey("line-4711")
 * }</pre>
 *
 * <p>Immutable and thread-safe; each method returns a changed copy.
 */
public final class Draft {
  private final String channel;
  private final String type;
  private final String data;
  private final Set<String> skipUsers;
  private final @Nullable String idempotencyKey;

  private Draft(
      String channel,
      String type,
      String data,
      Set<String> skipUsers,
      @Nullable String idempotencyKey) {
    this.channel = channel;
    this.type = type;
    this.data = data;
    this.skipUsers = skipUsers;
    this.idempotencyKey = idempotencyKey;
  }

  /**
   * Makes a draft for every reader of the channel. If it is sent twice, it becomes two events,
   * unless it has an {@linkplain #idempotencyKey(String) idempotency key}.
   *
   * @param channel a name that {@link ChannelNames#check} accepts
   * @param type the event's name for {@code addEventListener} in a page; {@code onmessage} gets
   *     events of type {@code message}. Not empty, at most 255 bytes. No CR, LF, NUL, half
   *     surrogate or invisible character (a mark of direction, a space without width), no white
   *     space at either end. Not {@code stream-open}, {@code stream-reset}, {@code stream-error} or
   *     {@code keep-alive}, which belong to the stream itself
   * @param data a string is sent as it is; {@link JsonText} sends a string as JSON; anything else,
   *     also null, is sent as JSON. Text has no half surrogates; CR, LF and CRLF split lines on the
   *     wire
   * @throws InvalidValueException if a rule is broken; the message names value and rule
   * @throws IllegalArgumentException if data cannot be written as JSON: an unsuitable object, or a
   *     number that is not finite
   */
  public static Draft of(String channel, String type, @Nullable Object data) {
    return unreserved(ChannelNames.check(channel), type, JsonData.text(data));
  }

  /** Makes an event from one process of a storage to the others. No client can read it. */
  static Draft toProcesses(String type, String data) {
    return unreserved(ChannelNames.RESERVED, type, data);
  }

  private static Draft unreserved(String channel, String type, String data) {
    DraftRules.checkType(type);
    DraftRules.checkData(data);
    return new Draft(channel, type, data, Set.of(), null);
  }

  /** Same as {@link #skipping(Collection)}. */
  public Draft skipping(String... users) {
    return skipping(List.of(users));
  }

  /**
   * Returns a copy that these users do not get, live or later. They replace the users named before;
   * with an empty list, no user is skipped. Default: none.
   *
   * @param users at most 1,000, of 255 bytes each and 32,768 bytes together; none empty, none with
   *     a comma or control character
   * @throws InvalidValueException if a rule is broken; the message names value and rule
   */
  public Draft skipping(Collection<String> users) {
    Set<String> skipped = Set.copyOf(users);
    DraftRules.checkSkippedUsers(skipped);
    return new Draft(channel, type, data, skipped, idempotencyKey);
  }

  /**
   * Returns a copy with this idempotency key. Drafts with the same key on the same channel within
   * 24 h are one event, which is stored once. Has an effect on reliable channels only. Default:
   * none.
   *
   * @param key not empty, at most 255 bytes; null: none
   * @throws InvalidValueException if a rule is broken; the message names value and rule
   */
  public Draft idempotencyKey(@Nullable String key) {
    if (key != null) {
      DraftRules.checkIdempotencyKey(key);
    }
    return new Draft(channel, type, data, skipUsers, key);
  }

  /** The channel. */
  public String channel() {
    return channel;
  }

  /** The SSE event type. */
  public String type() {
    return type;
  }

  /** The payload as it is sent: text, or JSON. */
  public String data() {
    return data;
  }

  /** The users that do not get it. Unmodifiable. */
  public Set<String> skipUsers() {
    return skipUsers;
  }

  /** The idempotency key; null: none. */
  public @Nullable String idempotencyKey() {
    return idempotencyKey;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Draft that
        && channel.equals(that.channel)
        && type.equals(that.type)
        && data.equals(that.data)
        && skipUsers.equals(that.skipUsers)
        && Objects.equals(idempotencyKey, that.idempotencyKey);
  }

  @Override
  public int hashCode() {
    return Objects.hash(channel, type, data, skipUsers, idempotencyKey);
  }

  /** Channel and type only: data may be long or confidential. */
  @Override
  public String toString() {
    return "Draft[channel=" + channel + ", type=" + type + "]";
  }
}
