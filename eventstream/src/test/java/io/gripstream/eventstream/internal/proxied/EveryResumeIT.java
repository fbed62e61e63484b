package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client that comes back after each of a thousand live events has every id right: one too low
 * would give it an event twice, one too high would lose one.
 */
class EveryResumeIT {
  private static final int EVENTS = 1_000;

  @ParameterizedTest(name = "Pushpin {0}")
  @MethodSource(PushpinVersion.CHOSEN)
  void each_live_event_can_be_resumed_after(PushpinVersion version) {
    int port = Ports.free(1).get(0);
    try (Pushpin pushpin = Pushpin.builder()
            .version(version)
            .route("* 127.0.0.1:" + port)
            .logLevel(1)
            .start();
        StreamServer server = StreamServer.builder()
            .port(port)
            .configure(config -> config.proxy(pushpin.gripUrl()).clock(Clock.systemUTC()))
            .start()) {
      pushpin.awaitStream("/events/ready");
      List<String> channels = List.of("a", "b", "c");
      String at = null;
      for (int i = 0; i < EVENTS; i++) {
        try (StreamClient client = StreamClient.resume(
            pushpin.uri().resolve("/events?channel=a&channel=b&channel=c"), at)) {
          client.expectOpen();
          server.events().send(channels.get(i * i % 3), "message", "event " + i);
          client.expectEvent("event " + i);
          at = client.lastId();
        }
      }
    }
  }
}
