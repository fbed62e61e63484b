package io.gripstream.eventstream.internal.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.testkit.Eventually;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LiveTest {
  private static final int MORE_THAN_MAY_WAIT = 20_002;

  @Test
  void publisher_that_waits_for_the_feed_is_let_go_when_it_is_closed() throws Exception {
    Live live = new Live(null);
    live.start();
    CountDownLatch isDelivering = new CountDownLatch(1);
    CountDownLatch isReleased = new CountDownLatch(1);
    Subscription news = new Subscription(null, List.of(), List.of("news"), false, null);
    live.join(news, Position.of(Map.of(), ""), new Subscriber() {
          @Override
          public void joined(Membership membership) {}

          @Override
          public void deliver(LiveEvent event) {
            isDelivering.countDown();
            awaitQuietly(isReleased);
          }

          @Override
          public void skipped(Position to) {}
        })
        .get(10, TimeUnit.SECONDS);
    Thread publisher = new Thread(() -> {
      for (int i = 0; i < MORE_THAN_MAY_WAIT; i++) {
        live.offer(new Event("news", Event.NO_ID, "message", "x", Set.of(), Instant.EPOCH));
      }
    });
    publisher.setDaemon(true);
    publisher.start();
    assertThat(isDelivering.await(10, TimeUnit.SECONDS)).isTrue();
    Eventually.eventually(() -> assertThat(publisher.getState()).isEqualTo(Thread.State.WAITING));

    live.close();
    isReleased.countDown();

    publisher.join(5_000);
    assertThat(publisher.isAlive()).isFalse();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }
}
