package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.proxied.Upstream;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.publish.PublishMetrics;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings that an {@link EventStreamConfig} has collected, with defaults for the others. Used
 * by one thread until the event stream is made.
 */
final class StreamSettings {
  static final Function<String, ChannelRules> NO_RULES = channel -> ChannelRules.DEFAULT;

  @Nullable
  EventStore store;

  final List<Upstream> upstreams = new ArrayList<>();
  GripPrefix prefix = GripPrefix.NONE;
  final Set<String> trustedProxies = new HashSet<>();
  ChannelManager channelManager = ChannelManager.DEFAULT;
  Function<String, ChannelRules> channelRules = NO_RULES;
  Function<StreamRequest, @Nullable String> user = request -> null;
  Function<StreamRequest, @Nullable Instant> expiry = request -> null;
  Grants grants = Grants.NONE;
  JsonData json = JsonData.DEFAULT;

  @Nullable
  Consumer<StreamSession> onOpen;

  @Nullable
  BiConsumer<StreamSession, SessionEnd> onClose;

  byte @Nullable [] secret;
  Cors cors = Cors.NONE;
  int maxChannels = 10;
  int newChannelLimit = 10;
  int maxEventBytes = 256 * 1024;
  Duration keepAlive = Duration.ofSeconds(20);
  DirectOptions direct = DirectOptions.DEFAULT;
  Clock clock = Clock.systemUTC();
  StreamMetrics metrics = StreamMetrics.NOOP;
  PublishMetrics publishMetrics = PublishMetrics.NOOP;

  /**
   * Returns the value.
   *
   * @throws IllegalArgumentException if it is less than 1 or greater than {@code most}
   */
  static int within(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + " " + value + " is not within 1 and " + most);
    }
    return value;
  }

  /**
   * @param publicUrl where clients reach the proxy; null: not known
   * @throws IllegalArgumentException if another proxy has another path
   */
  void addProxy(GripProxy proxy, @Nullable URI publicUrl) {
    if (publicUrl != null) {
      String path = PublicPath.of(publicUrl);
      if (publicPaths().anyMatch(other -> !other.equals(path))) {
        throw new IllegalArgumentException("clients reach one proxy under the path \"" + path
            + "\" and another one under another path; follow-up links can have one only");
      }
    }
    upstreams.add(new Upstream(proxy, publicUrl));
  }

  private Stream<String> publicPaths() {
    return upstreams.stream().map(Upstream::publicUrl).filter(Objects::nonNull).map(PublicPath::of);
  }

  /** Empty if no proxy's route is known to remove a part of the path. */
  String publicPath() {
    return publicPaths().findFirst().orElse("");
  }

  List<GripProxy> proxies() {
    return upstreams.stream().map(Upstream::proxy).toList();
  }
}
