package io.gripstream.eventstream.golden;

import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.FakeProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Does with our plugin what was done with the reference when an exchange was recorded: the same
 * steps, the same request.
 */
final class Rehearsal implements AutoCloseable {
  private static final String KEY = "changeme";

  private final Recording recording;
  private final Application application;

  Rehearsal(Recording recording, FakeProxy proxy) {
    this.recording = recording;
    this.application = Application.start(recording.isStored(), config -> configure(config, proxy));
  }

  private void configure(EventStreamConfig config, FakeProxy proxy) {
    config.keepAlive(Duration.ofSeconds(recording.waits() ? 1 : 20)).cors(cors());
    String control = proxy.controlUri().toString();
    if (recording.id().startsWith("grip-config-")) {
      Application.grip(config, recording.settings(), control);
    } else {
      config.proxy(control + "?verify-iss=pushpin&verify-key=" + KEY);
    }
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
    Cors cors = Cors.of(origins)
        .withHeaders(headers == null ? new String[0] : headers.asString().split(", "));
    return credentials ? cors.withCredentials() : cors;
  }

  /**
   * The exchange so far, as soon as it is what was recorded; or as it is when it can no longer
   * become that, or after {@code patience}.
   *
   * @throws IllegalArgumentException if a step is refused
   */
  Exchange play(Exchange recorded, Duration patience) {
    recording.setup().forEach(application::take);
    try (StreamClient client = StreamClient.request(
        recording.request().method(),
        application.server().uri(recording.request().target()),
        recording.request().headers(),
        recording.request().body().getBytes(StandardCharsets.UTF_8))) {
      StringBuilder expected = new StringBuilder();
      for (Recording.Segment segment : recording.answer().segments()) {
        application.take(segment.after());
        expected.append(segment.body());
        Exchange soFar =
            Exchange.of(recorded.status(), Map.of(), expected.toString(), recorded.ends());
        await(client, soFar, patience);
      }
      return settled(client, recorded, patience);
    }
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
    application.close();
  }
}
