package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.SessionEnd;
import io.gripstream.eventstream.StreamMode;
import io.gripstream.eventstream.StreamSession;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Opened and closed streams behind a real Pushpin whose route removes a part of the path. */
class SessionsIT {
  private final BlockingQueue<StreamSession> opened = new LinkedBlockingQueue<>();
  private final BlockingQueue<StreamSession> closed = new LinkedBlockingQueue<>();
  private final BlockingQueue<SessionEnd> ends = new LinkedBlockingQueue<>();

  @ParameterizedTest
  @MethodSource(PushpinVersion.CHOSEN)
  void a_client_that_leaves_a_proxy_is_reported_from_1_41_on(PushpinVersion version)
      throws Exception {
    int port = Ports.free(1).get(0);
    try (Pushpin pushpin = Pushpin.builder()
            .version(version)
            .route("*,path_beg=/api/,path_rem=4 127.0.0.1:" + port)
            .route("* 127.0.0.1:" + port)
            .start();
        StreamServer server = StreamServer.builder()
            .port(port)
            .configure(config -> config
                .proxy(
                    io.gripstream.grip.GripProxy.parse(pushpin.gripUrl()),
                    pushpin.uri().resolve("/api"))
                .clock(Clock.systemUTC())
                .user(request -> request.header("X-User"))
                .onOpen(opened::add)
                .onClose((session, end) -> {
                  closed.add(session);
                  ends.add(end);
                }))
            .start()) {
      pushpin.awaitStream("/events?channel=ready");
      opened.clear();
      closed.clear();
      for (String path : new String[] {"/events?channel=b&channel=a", "/api/events/a"}) {
        StreamSession session;
        try (StreamClient client =
            StreamClient.open(pushpin.uri().resolve(path), Map.of("X-User", "bob"))) {
          client.expectOpen();
          session = await(opened, "bob");
          server.events().send("a", "m", path);
          client.expectEvent(path);
        }
        assertThat(session.mode()).isEqualTo(StreamMode.PROXIED);
        if (version.toString().equals("1.36")) {
          assertThat(closed.poll(1, TimeUnit.SECONDS)).isNull();
        } else {
          StreamSession left = await(closed, "bob");
          assertThat(left.id()).isEqualTo(session.id());
          assertThat(left.channels()).isEqualTo(session.channels());
          assertThat(left.openedAt().toEpochMilli())
              .isEqualTo(session.openedAt().toEpochMilli());
        }
      }
      assertThat(ends)
          .allSatisfy(end -> assertThat(end.reason()).isEqualTo(SessionEnd.Reason.UNKNOWN));
    }
  }

  /** The next one of that user: streams of the keeper and of the wait before are others. */
  private static StreamSession await(BlockingQueue<StreamSession> queue, String user)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      StreamSession next = queue.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(next).as("a session of " + user).isNotNull();
      if (user.equals(next.user())) {
        return next;
      }
    }
  }
}
