package io.gripstream.eventstream.conformance;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.InitialEvents;
import io.gripstream.eventstream.StreamRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The channels of the suite's application, told by their names: {@code live-…} are unreliable,
 * {@code private-…} and {@code members-…} want a user, {@code state-…} have initial events,
 * {@code broken-…} make the application fail. A header {@code X-Channels} chooses channels in the
 * application's own way.
 */
final class HouseRules implements ChannelManager {
  /** A detail of the server that no client may see. */
  static final String SECRET = "jdbc:secret://inside";

  private final Set<String> forbidden = ConcurrentHashMap.newKeySet();
  private volatile Function<List<String>, InitialEvents> state = channels -> InitialEvents.NONE;

  void forbid(String user, String channel) {
    forbidden.add(user + " " + channel);
  }

  void allow(String user, String channel) {
    forbidden.remove(user + " " + channel);
  }

  /** The initial events of {@code state-…} channels. */
  void state(Function<List<String>, InitialEvents> now) {
    state = now;
  }

  @Override
  public List<String> channels(StreamRequest request, List<String> ofRoute) {
    String own = request.header("X-Channels");
    return own == null ? ofRoute : Arrays.asList(own.split(" "));
  }

  @Override
  public boolean canRead(@Nullable String user, String channel) {
    if (channel.startsWith("broken-")) {
      throw new IllegalStateException(SECRET);
    }
    return !(channel.startsWith("private-") && user == null)
        && !forbidden.contains(user + " " + channel);
  }

  static ChannelRules of(String channel) {
    if (channel.startsWith("live-")) {
      return ChannelRules.DEFAULT.unreliable();
    }
    if (channel.startsWith("members-")) {
      return ChannelRules.DEFAULT.withoutAnonymous();
    }
    return ChannelRules.DEFAULT;
  }

  @Override
  public InitialEvents initialEvents(
      StreamRequest request, @Nullable String user, List<String> channels) {
    return channels.stream().anyMatch(channel -> channel.startsWith("state-"))
        ? state.apply(channels)
        : InitialEvents.NONE;
  }
}
