package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import io.javalin.Javalin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Events while the answer to a stream request is on its way to a real Pushpin. */
@ParameterizedClass(name = "Pushpin {0}")
@MethodSource(PushpinVersion.CHOSEN)
class OpeningIT {
  @TempDir
  Path directory;

  @Parameter
  PushpinVersion version;

  private final CountDownLatch confirmed = new CountDownLatch(1);
  private final AtomicBoolean isAnswered = new AtomicBoolean();
  private Pushpin pushpin;
  private Javalin server;

  @BeforeEach
  void start() {
    int port = Ports.free(1).get(0);
    pushpin = Pushpin.builder().version(version).route("* 127.0.0.1:" + port).start();
    EventStream events = EventStream.create(config -> config
        .store(EventStores.sqlite(directory.resolve("events.db")))
        .proxy(pushpin.gripUrl())
        .metrics(new StreamMetrics() {
          @Override
          public void confirmed(GripProxy proxy, Duration since) {
            confirmed.countDown();
          }
        }));
    server = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.registerPlugin(
              new EventStreamPlugin(events, routes -> routes.pathParam("/events/{channel}")));
          config.routes.after(ctx -> {
            if (ctx.path().equals("/events/mine") && isAnswered.compareAndSet(false, true)) {
              events.send("mine", "message", "meanwhile");
              Eventually.happens(confirmed);
            }
          });
        })
        .start("127.0.0.1", port);
    pushpin.awaitStream("/events/ready");
  }

  @AfterEach
  void stop() {
    server.stop();
    pushpin.close();
  }

  /** The proxy has no subscriber yet, and a confirmed event is not repeated. */
  @Test
  void an_event_that_a_proxy_got_before_the_hold_reaches_the_stream() {
    try (StreamClient client = StreamClient.open(pushpin.uri().resolve("/events/mine"))) {
      client.expectOpen();
      client.expectEvents(List.of("meanwhile"));
    }
  }
}
