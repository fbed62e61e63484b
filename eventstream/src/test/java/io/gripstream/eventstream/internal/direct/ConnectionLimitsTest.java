package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.SessionEnd;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {
  private final ConnectionLimits limits = new ConnectionLimits(
      BareServer.settings(DirectOptions.DEFAULT.withMaxStreams(1).withMaxStreamsPerUser(1)));

  /** Else a request that only asks could take the last seat from one that is served. */
  @Test
  void asking_for_a_place_takes_none() throws InterruptedException {
    AtomicBoolean isOver = new AtomicBoolean();
    CountDownLatch asked = new CountDownLatch(1);
    Thread asking = new Thread(() -> {
      while (!isOver.get()) {
        limits.refusal("me", "127.0.0.1");
        asked.countDown();
      }
    });
    asking.start();
    asked.await();
    try {
      for (int i = 0; i < 100_000; i++) {
        ConnectionLimits.Answer answer = limits.admit("me", "127.0.0.1");
        assertThat(answer).isInstanceOf(ConnectionLimits.Answer.Admitted.class);
        ((ConnectionLimits.Answer.Admitted) answer).seat().leave(SessionEnd.Reason.CLIENT);
      }
    } finally {
      isOver.set(true);
      asking.join();
    }
  }

  /** Elsewhere one limit did nothing unless another was set. */
  @Test
  void each_limit_holds_without_the_others() {
    DirectOptions none = DirectOptions.DEFAULT;
    for (DirectOptions one : List.of(
        none.withMaxStreams(2), none.withMaxStreamsPerUser(2), none.withMaxStreamsPerAddress(2))) {
      ConnectionLimits alone = new ConnectionLimits(BareServer.settings(one));
      for (int i = 0; i < 2; i++) {
        assertThat(alone.admit("me", "127.0.0.1"))
            .isInstanceOf(ConnectionLimits.Answer.Admitted.class);
      }
      assertThat(alone.admit("me", "127.0.0.1"))
          .isInstanceOf(ConnectionLimits.Answer.Refused.class);
    }
  }

  @Test
  void asking_and_entering_are_refused_alike() {
    assertThat(limits.refusal("me", "127.0.0.1")).isNull();
    limits.admit("me", "127.0.0.1");

    assertThat(limits.refusal("you", "127.0.0.1")).isEqualTo(limits.admit("you", "127.0.0.1"));
    limits.close();
    assertThat(limits.refusal("me", "127.0.0.1")).isEqualTo(limits.admit("me", "127.0.0.1"));
  }

  @Test
  void a_user_has_streams_from_the_first_to_the_last() {
    ConnectionLimits unlimited = new ConnectionLimits(BareServer.settings(DirectOptions.DEFAULT));
    List<Seat> seats = Stream.generate(() -> unlimited.admit("me", "127.0.0.1"))
        .limit(2)
        .map(answer -> ((ConnectionLimits.Answer.Admitted) answer).seat())
        .toList();

    assertThat(unlimited.hasStreams("me")).isTrue();
    assertThat(unlimited.hasStreams("you")).isFalse();
    seats.get(0).leave(SessionEnd.Reason.CLIENT);
    assertThat(unlimited.hasStreams("me")).isTrue();
    seats.get(1).leave(SessionEnd.Reason.CLIENT);
    assertThat(unlimited.hasStreams("me")).isFalse();
    assertThat(unlimited.total()).isZero();
  }
}
