package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A route of the proxy gives the application another path than the client asked for. */
@ParameterizedClass(name = "Pushpin {0}")
@MethodSource(PushpinVersion.CHOSEN)
class ChangedPathIT {
  @Parameter
  PushpinVersion version;

  private final int port = Ports.free(1).get(0);
  private Pushpin pushpin;

  @BeforeEach
  void start() {
    pushpin = Pushpin.builder()
        .version(version)
        .route("*,path_beg=/api/,path_rem=4 127.0.0.1:" + port)
        .route("*,path_beg=/v2/,replace_beg=/ 127.0.0.1:" + port)
        .route("*,path_beg=/behind/nginx/,path_rem=13 127.0.0.1:" + port)
        .route("* 127.0.0.1:" + port)
        .start();
  }

  @AfterEach
  void stop() {
    pushpin.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/api, /api/events?channel=a",
    "/api/, /api/events/a",
    "/api, /api/events/a/",
    "/api, /events/a",
    "/v2, /v2/events?channel=a",
    "/behind/nginx, /behind/nginx/events/a%2Cb",
    "'', /events/a",
  })
  void streams_go_on_after_each_follow_up(String taken, String path) {
    try (StreamServer server = StreamServer.builder()
            .port(port)
            .configure(config -> config.proxy(pushpin.proxy(), URI.create(pushpin.uri() + taken)))
            .start();
        ProxyPublisher control = ProxyPublisher.create(pushpin.proxy())) {
      pushpin.awaitStream("/events/ready");
      String channel = path.contains("%2C") ? "a,b" : "a";
      try (StreamClient client = StreamClient.open(pushpin.uri().resolve(path))) {
        client.expectOpen();
        for (int i = 0; i < 3; i++) {
          control.recover().join();
          server.events().send(channel, "message", "event " + i);
          client.expectEvent("event " + i);
        }
        // Past the moment in which the last question is answered.
        client.expectNothing(Duration.ofSeconds(1));
        server.events().send(channel, "message", "last");
        client.expectEvent("last");
      }
    }
  }
}
