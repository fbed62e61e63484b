package io.gripstream.eventstream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an application says about its channels. Every method has a default; override what you need.
 *
 * <p>Called from many threads at once. Implementations may block for a moment (a database look-up),
 * and should answer the same in every process. An exception refuses the stream with
 * {@code internal-error}.
 */
public interface ChannelManager {
  /** Everybody may read everything. */
  ChannelManager DEFAULT = new ChannelManager() {};

  /**
   * Which channels a request asks for.
   *
   * @param request the client's own request, with all its headers
   * @param ofRoute what the route says: its channels, else its templates filled from path
   *     parameters, else the path parameter {@code channel}, else the query parameters
   *     {@code channel}
   * @return default: {@code ofRoute}
   */
  default List<String> channels(StreamRequest request, List<String> ofRoute) {
    return ofRoute;
  }

  /**
   * Whether this very request may begin to read the channel. Asked once per connection, in addition
   * to {@link #canRead}; the place to look at what only the request has, such as the claims of a
   * token.
   */
  default boolean canSubscribe(StreamRequest request, @Nullable String user, String channel) {
    return true;
  }

  /**
   * Whether the user may read the channel now. Asked on connect, on every follow-up of a proxy
   * (which bears nothing of the client's request), and after
   * {@link EventStream#permissionChanged(String)}.
   *
   * @param user null: anonymous
   */
  default boolean canRead(@Nullable String user, String channel) {
    return true;
  }

  /**
   * Whether the channel has ids and a history. A pure function of the name, the same in every
   * process. Without storage no channel is reliable, whatever this says.
   */
  default boolean isReliable(String channel) {
    return true;
  }

  /**
   * Whether it depends on the user what may be read on the channel, or what is in it (skipped
   * users, revocations). Streams with nothing personal share one link and scale furthest behind a
   * proxy; what is not personal cannot be taken from one user only.
   *
   * @return default: yes for identified users, no for anonymous ones
   */
  default boolean isPersonal(@Nullable String user, String channel) {
    return user != null;
  }

  /**
   * What this client is told first, and nobody else: when it came without a position, or channels
   * of its stream were reset. Behind a proxy it may have about 80,000 bytes on the wire.
   *
   * <p>The stream goes on from the position at which the events were read. Only the application can
   * know that one exactly, since its state changes a moment before or after the event about it has
   * its id. If it reads both as one, it says so ({@link InitialEvents#at}), and the client gets
   * every event after that position once, and none before. Without, the stream goes on from the
   * newest position before this call, which is made again, up to three times, if events came in
   * between. Then nothing is missed, but the client may get an event that the initial ones already
   * know of: let such events say what is, not what changed.
   *
   * @param channels those of the stream; after a reset, those that were reset
   * @return default: {@link InitialEvents#NONE}
   */
  default InitialEvents initialEvents(
      StreamRequest request, @Nullable String user, List<String> channels) {
    return InitialEvents.NONE;
  }
}
