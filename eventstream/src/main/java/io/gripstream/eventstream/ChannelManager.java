package io.gripstream.eventstream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which channels a stream reads and what its user may read. Every method has a default;
 * override what you need.
 *
 * <p>Called from many threads at once. Implementations may block for a moment (a database query)
 * and must answer the same in every process. An exception ends the stream with
 * {@code internal-error}, and its client returns.
 */
public interface ChannelManager {
  /** Every user may read every channel. */
  ChannelManager DEFAULT = new ChannelManager() {};

  /**
   * Returns the channels that a request asks for.
   *
   * @param request the client's own request, with all its headers
   * @param ofRoute the channels of the route: fixed, or its templates filled from path parameters,
   *     or the path parameter {@code channel}, or the query parameters {@code channel}
   * @return default: {@code ofRoute}
   */
  default List<String> channels(StreamRequest request, List<String> ofRoute) {
    return ofRoute;
  }

  /**
   * Returns whether this request may open a stream on the channel. Called once per connection, in
   * addition to {@link #canRead}. Check here what only the request has, such as the claims of a
   * token. Default: yes.
   */
  default boolean canSubscribe(StreamRequest request, @Nullable String user, String channel) {
    return true;
  }

  /**
   * Returns whether the user may read the channel now. Called on connect, on every follow-up of a
   * proxy (a follow-up has no header of the client's request), and after
   * {@link EventStream#permissionChanged(String)}. Default: yes.
   *
   * @param user null: anonymous
   */
  default boolean canRead(@Nullable String user, String channel) {
    return true;
  }

  /**
   * Returns whether the right to read the channel, or its content (skipped users, revocations),
   * depends on the user. Streams that are not personal share one link behind a proxy, which costs
   * least. The right to read a channel that is not personal cannot be revoked for a single user.
   *
   * @return default: yes for identified users, no for anonymous ones
   */
  default boolean isPersonal(@Nullable String user, String channel) {
    return user != null;
  }

  /**
   * Returns the events that only this client gets when it connects without a position, or after a
   * reset of channels. Behind a proxy their limit is about 80,000 bytes in total, on the wire.
   *
   * <p>The stream goes on from the position at which these events were read. Only the application
   * can know that position exactly: its state changes a moment before or after the event about the
   * change gets its id. If the application reads state and position together, it states the
   * position with {@link InitialEvents#at}. Then the client gets every event after that position
   * once, and no event before it. Otherwise the stream goes on from the newest position before this
   * call. If events arrive during the call, it is repeated, up to three times. No event is missed,
   * but the client may get an event that the initial events already contain. Such events should
   * state the new value, not the difference.
   *
   * @param channels all channels of the stream; after a reset, the channels that were reset
   * @return default: {@link InitialEvents#NONE}
   */
  default InitialEvents initialEvents(
      StreamRequest request, @Nullable String user, List<String> channels) {
    return InitialEvents.NONE;
  }
}
