package io.gripstream.eventstream;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event before it has an id: its channels, type, data, and the users to skip. Every rule is
 * checked when a draft is made or changed, except the length, which
 * {@link EventStreamConfig#maxEventBytes(int)} limits when it is sent.
 *
 * <pre>{@code
 * Draft.of("chat", "line", Map.of("text", "hello"))
 *     .withSkippedUsers("bob")
 *     .withIdempotencyKey("line-4711")
 * Draft.of(List.of("orders", "user-7"), "shipped", Map.of("order", 4711))
 * }</pre>
 *
 * <p>Immutable and thread-safe; each method returns a changed copy.
 */
public final class Draft {
  /** The maximum number of channels of one event. */
  public static final int MAX_CHANNELS = 100;

  private final List<String> channels;
  private final String type;
  private final @Nullable Object data;
  private final Set<String> skippedUsers;
  private final @Nullable String idempotencyKey;

  private Draft(
      List<String> channels,
      String type,
      @Nullable Object data,
      Set<String> skippedUsers,
      @Nullable String idempotencyKey) {
    this.channels = channels;
    this.type = type;
    this.data = data;
    this.skippedUsers = skippedUsers;
    this.idempotencyKey = idempotencyKey;
  }

  /**
   * Makes a draft for every reader of the channel. If it is sent twice, it becomes two events,
   * unless it has an {@linkplain #withIdempotencyKey(String) idempotency key}.
   *
   * @param channel a name that {@link ChannelNames#check} accepts
   * @param type the event's name for {@code addEventListener} in a page; {@code onmessage} gets
   *     events of type {@code message}. Not empty, at most 255 bytes. No CR, LF, NUL, half
   *     surrogate or invisible character (a mark of direction, a space without width), no white
   *     space at either end. Not {@code stream-open}, {@code stream-reset}, {@code stream-error} or
   *     {@code keep-alive}, which belong to the stream itself
   * @param data a string is sent as it is; {@link JsonText} sends a string as JSON; anything else,
   *     also null, is sent as JSON. Text has no half surrogates; CR, LF and CRLF split lines on the
   *     wire. An object is written when the draft is sent
   *     ({@link EventStreamConfig#json(JsonWriter)}) and must not change before that
   * @throws InvalidValueException if a rule is broken; the message names value and rule
   */
  public static Draft of(String channel, String type, @Nullable Object data) {
    return unreserved(List.of(ChannelNames.check(channel)), type, data);
  }

  /**
   * Makes a draft for every reader of each of these channels. It is stored in one transaction: with
   * an id in all of them, or in none. A stream that reads several of them gets it once for each.
   * Skipped users do not get it on any of them. Unreliable channels get it when it is stored in the
   * others.
   *
   * @param channels 1 to {@value #MAX_CHANNELS} different names, as of {@link #of(String, String,
   *     Object)}
   * @param type as of {@link #of(String, String, Object)}
   * @param data as of {@link #of(String, String, Object)}
   * @throws InvalidValueException if a rule is broken; the message names value and rule
   */
  public static Draft of(Collection<String> channels, String type, @Nullable Object data) {
    return unreserved(checked(channels), type, data);
  }

  private static List<String> checked(Collection<String> channels) {
    if (channels.isEmpty()) {
      throw new InvalidValueException("the event has no channel; it needs at least one");
    }
    if (channels.size() > MAX_CHANNELS) {
      throw new InvalidValueException(
          "the event has more than " + MAX_CHANNELS + " channels; send it in several parts");
    }
    Set<String> seen = new LinkedHashSet<>();
    for (String channel : channels) {
      if (!seen.add(ChannelNames.check(channel))) {
        throw new InvalidValueException(
            "channel \"" + channel + "\" is named twice; name each channel once");
      }
    }
    return List.copyOf(seen);
  }

  /** Makes an event for the other processes of a storage. No client can read it. */
  static Draft toProcesses(String type, String data) {
    return unreserved(List.of(ChannelNames.RESERVED), type, data);
  }

  private static Draft unreserved(List<String> channels, String type, @Nullable Object data) {
    DraftRules.checkType(type);
    if (data instanceof String text) {
      DraftRules.checkData(text);
    }
    return new Draft(channels, type, data, Set.of(), null);
  }

  /** Same as {@link #withSkippedUsers(Collection)}. */
  public Draft withSkippedUsers(String... users) {
    return withSkippedUsers(List.of(users));
  }

  /**
   * Returns a copy that these users do not get, live or later. They replace the users named before;
   * with an empty list, no user is skipped. Default: none.
   *
   * @param users at most 1,000, of 255 bytes each and 32,768 bytes together; none empty, none with
   *     a comma or control character
   * @throws InvalidValueException if a rule is broken; the message names value and rule
   */
  public Draft withSkippedUsers(Collection<String> users) {
    Set<String> skipped = Set.copyOf(users);
    DraftRules.checkSkippedUsers(skipped);
    return new Draft(channels, type, data, skipped, idempotencyKey);
  }

  /**
   * Returns a copy with this idempotency key. Drafts with the same key on the same channel within
   * 24 h are one event, which is stored once. Has an effect on reliable channels only. Default:
   * none.
   *
   * <p>With several channels the key applies to each of them. A repetition must name the same
   * channels, or some of them. A draft whose key was used on some of its channels and not on the
   * others is refused with {@link InvalidValueException} when it is sent, and stored nowhere.
   *
   * @param key not empty, at most 255 bytes; null: none
   * @throws InvalidValueException if a rule is broken; the message names value and rule
   */
  public Draft withIdempotencyKey(@Nullable String key) {
    if (key != null) {
      DraftRules.checkIdempotencyKey(key);
    }
    return new Draft(channels, type, data, skippedUsers, key);
  }

  /** Returns a copy for some of its channels. */
  Draft in(List<String> some) {
    return new Draft(some, type, data, skippedUsers, idempotencyKey);
  }

  /** The channels, in the order in which they were given; at least one. Unmodifiable. */
  public List<String> channels() {
    return channels;
  }

  /** The SSE event type. */
  public String type() {
    return type;
  }

  /**
   * Returns the payload as text. In a draft that a storage gets, this is the text that is sent.
   * Before that, an object is written as default JSON, without the writer of
   * {@link EventStreamConfig#json(JsonWriter)}.
   *
   * @throws IllegalArgumentException if it cannot be written so
   */
  public String data() {
    return JsonData.DEFAULT.text(data);
  }

  /**
   * The same event with its payload as text.
   *
   * @throws IllegalArgumentException if it has no JSON; the message names its type
   */
  Draft written(JsonData json) {
    return data instanceof String
        ? this
        : new Draft(channels, type, json.text(data), skippedUsers, idempotencyKey);
  }

  /** The users that do not get the event. Unmodifiable. */
  public Set<String> skippedUsers() {
    return skippedUsers;
  }

  /** The idempotency key; null: none. */
  public @Nullable String idempotencyKey() {
    return idempotencyKey;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Draft that
        && channels.equals(that.channels)
        && type.equals(that.type)
        && Objects.equals(data, that.data)
        && skippedUsers.equals(that.skippedUsers)
        && Objects.equals(idempotencyKey, that.idempotencyKey);
  }

  @Override
  public int hashCode() {
    return Objects.hash(channels, type, data, skippedUsers, idempotencyKey);
  }

  /** Channels and type only: data may be long or confidential. */
  @Override
  public String toString() {
    return "Draft[channels=" + channels + ", type=" + type + "]";
  }
}
