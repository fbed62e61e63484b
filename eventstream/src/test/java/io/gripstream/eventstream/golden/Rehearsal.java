package io.gripstream.eventstream.golden;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.golden.Recording.Step;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.testkit.FakeProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Does with our plugin what was done with the reference when a recording was made: the same
 * application (routes, users, permissions), the same steps, the same request.
 */
final class Rehearsal implements AutoCloseable {
  private static final String KEY = "changeme";

  private final Recording recording;
  private final Set<String> denied = ConcurrentHashMap.newKeySet();
  private final StreamServer server;

  Rehearsal(Recording recording, FakeProxy proxy) {
    this.recording = recording;
    StreamServer.Builder application = StreamServer.builder()
        .configure(config -> configure(config, proxy))
        .routes(routes -> routes
            .query("/events")
            .path("/events/{channel}")
            .fixed("/fixed", "fixed")
            .fixed("/fixed2", "one", "two")
            .fixed("/none")
            .formats("/objects/{id}/events", "object-{id}", "all-{id}"));
    this.server = (recording.isStored() ? application : application.withoutStore()).start();
  }

  private void configure(EventStreamConfig config, FakeProxy proxy) {
    config
        .channels(new ReferenceChannels())
        .user(request -> request.basicAuthCredentials() == null
            ? request.header("User")
            : request.basicAuthCredentials().getUsername())
        .keepAlive(Duration.ofSeconds(recording.waits() ? 1 : 20))
        .cors(cors())
        .proxy(proxy.controlUri() + "?verify-iss=pushpin&verify-key=" + KEY);
  }

  private Cors cors() {
    Set<String> origins = new LinkedHashSet<>();
    for (String setting : new String[] {"ALLOW_ORIGIN", "ALLOW_ORIGINS"}) {
      var value = recording.cors().get(setting);
      if (value != null && value.isArray()) {
        value.valueStream().forEach(origin -> origins.add(origin.asString()));
      } else if (value != null && !value.asString().contains(" ")) {
        origins.add(value.asString());
      }
    }
    boolean credentials = recording.cors().containsKey("ALLOW_CREDENTIALS");
    var headers = recording.cors().get("ALLOW_HEADERS");
    return new Cors(
        origins,
        credentials,
        headers == null ? Set.of() : Set.of(headers.asString().split(", ")));
  }

  /**
   * The exchange so far, as soon as it is what was recorded; or as it is when it can no longer
   * become that, or after {@code patience}.
   *
   * @throws IllegalArgumentException if a step is refused
   */
  Exchange play(Exchange recorded, Duration patience) {
    recording.setup().forEach(this::take);
    Map<String, String> headers = new LinkedHashMap<>();
    recording
        .request()
        .headers()
        .forEach(
            header -> headers.merge(header.getKey(), header.getValue(), (a, b) -> a + ", " + b));
    try (StreamClient client = StreamClient.request(
        recording.request().method(),
        server.uri(recording.request().target()),
        headers,
        recording.request().body().getBytes(StandardCharsets.UTF_8))) {
      StringBuilder expected = new StringBuilder();
      for (Recording.Segment segment : recording.answer().segments()) {
        take(segment.after());
        expected.append(segment.body());
        Exchange soFar =
            Exchange.of(recorded.status(), Map.of(), expected.toString(), recorded.ends());
        await(client, soFar, patience);
      }
      return settled(client, recorded, patience);
    }
  }

  private void take(Step step) {
    if (step instanceof Step.Send send) {
      for (String data : send.data()) {
        server
            .events()
            .send(Draft.of(send.channel(), send.type(), data)
                .withSkipUsers(Set.copyOf(send.skipUsers())));
      }
    } else if (step instanceof Step.Deny deny) {
      denied.add(deny.user() + " " + deny.channel());
    } else if (step instanceof Step.PermissionChanged changed) {
      server
          .events()
          .permissionChanged(
              changed.user() == null ? "anonymous" : changed.user(), changed.channel());
    } else if (step instanceof Step.Forget forget) {
      server.store().forget(forget.channel(), forget.upTo());
    }
    // Asking is done once, and keep-alives are waited for by what they are.
  }

  private static Exchange await(StreamClient client, Exchange wanted, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    Exchange now = exchange(client);
    while (!now.frames().equals(wanted.frames())
        && now.mayBecome(wanted)
        && !client.isEnded()
        && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
      now = exchange(client);
    }
    return now;
  }

  /** The whole exchange, after a moment in which something that was not recorded could come. */
  private static Exchange settled(StreamClient client, Exchange recorded, Duration patience) {
    long deadline =
        System.nanoTime() + (recorded.ends() ? patience : Duration.ofMillis(40)).toNanos();
    while (!client.isEnded() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    return exchange(client);
  }

  private static Exchange exchange(StreamClient client) {
    boolean ends = client.isEnded();
    String body = new String(client.body(), StandardCharsets.UTF_8);
    return Exchange.of(client.status(), client.headers(), body, ends);
  }

  @Override
  public void close() {
    server.close();
  }

  /** The channels of the application that was recorded. */
  private final class ReferenceChannels implements ChannelManager {
    @Override
    public boolean canRead(@Nullable String user, String channel) {
      return !(channel.startsWith("_") && user == null)
          && !denied.contains((user == null ? "anonymous" : user) + " " + channel);
    }

    @Override
    public boolean isReliable(String channel) {
      return !channel.startsWith("live-");
    }
  }
}
