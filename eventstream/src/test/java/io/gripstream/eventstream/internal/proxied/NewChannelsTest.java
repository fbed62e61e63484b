package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NewChannelsTest {
  private final TestClock clock = TestClock.now();
  private final NewChannels channels = new NewChannels(10, clock);
  private int next;

  private long admitted(String client, int count) {
    return IntStream.range(0, count)
        .filter(i -> admits(client, "new-" + next++))
        .count();
  }

  /** Behind a proxy that does not ask again. */
  private boolean admits(String client, String... names) {
    return channels.admits(client, List.of(names), false);
  }

  /** How many of 400 streams, of which each client opens as many, an old proxy gets to hold. */
  private long admittedOfAll(int clients) {
    return IntStream.range(0, 400)
        .filter(i -> channels.admits("many-" + i % clients, List.of("new-" + next++), true))
        .count();
  }

  @Test
  void a_client_opens_a_limited_number_of_new_channels_at_once_and_more_later() {
    assertThat(admitted("a", 400)).isEqualTo(10);
    assertThat(admitted("b", 400)).as("another client").isEqualTo(10);
    clock.advance(Duration.ofSeconds(1));
    assertThat(admitted("a", 400)).isEqualTo(2);
    clock.advance(Duration.ofSeconds(60));
    assertThat(admitted("a", 400)).as("no more than at first").isEqualTo(10);
  }

  @Test
  void channels_with_a_reader_are_free() {
    channels.read(List.of("news", "sports"));
    assertThat(admitted("a", 400)).isEqualTo(10);

    assertThat(admits("a", "news", "sports")).isTrue();
    assertThat(admits("a", "news", "unheard")).isFalse();
    assertThat(admits("a", "new-0")).as("read by itself").isTrue();
    clock.advance(Duration.ofSeconds(140));
    channels.read(List.of("news"));
    clock.advance(Duration.ofSeconds(20));
    assertThat(admitted("a", 400)).isEqualTo(10);
    assertThat(admits("a", "news")).isTrue();
    assertThat(admits("a", "sports")).as("not read for long").isFalse();
  }

  @Test
  void a_channel_that_was_refused_is_not_read() {
    admitted("a", 10);

    assertThat(admits("a", "x")).isFalse();
    assertThat(admits("a", "x")).isFalse();
  }

  /** A machine's clock is set back when it finds a time server. */
  @Test
  void a_clock_that_is_set_back_refuses_nobody() {
    NewChannels limited = new NewChannels(10, clock);
    assertThat(limited.admits("a", List.of("before"), true)).isTrue();

    clock.setBack(Duration.ofHours(1));

    for (int i = 0; i < 10; i++) {
      assertThat(limited.admits("b" + i, List.of("c" + i), true)).isTrue();
      assertThat(limited.admits("a", List.of("a" + i), false)).as("a, %d", i).isEqualTo(i < 9);
    }
    clock.advance(NewChannels.REFILL);
    assertThat(limited.admits("a", List.of("later"), false)).isTrue();
  }

  @Test
  void what_is_known_grows_old_after_the_clock_is_set_back() {
    NewChannels limited = new NewChannels(1, clock);
    limited.read(List.of("news"));
    clock.setBack(Duration.ofHours(1));
    assertThat(limited.admits("a", List.of("new"), false)).isTrue();

    clock.advance(Duration.ofSeconds(160));

    assertThat(limited.admits("a", List.of("other"), false)).isTrue();
    assertThat(limited.admits("a", List.of("new"), false))
        .as("not read for long")
        .isFalse();
    assertThat(limited.admits("a", List.of("news"), false))
        .as("not read for long")
        .isFalse();
  }

  @Test
  void without_a_limit_all_are_admitted() {
    NewChannels unlimited = new NewChannels(0, clock);

    assertThat(IntStream.range(0, 400).filter(i -> unlimited.admits("a", List.of("c" + i), true)))
        .hasSize(400);
  }

  @Test
  void all_clients_together_open_no_more_new_channels_than_a_proxy_can_ask_for() {
    assertThat(admittedOfAll(20)).isEqualTo(25);
    assertThat(channels.admits("victim", List.of("v"), true))
        .as("a part is for those who opened none")
        .isTrue();
    long more = 0;
    for (int second = 1; second <= 60; second++) {
      clock.advance(Duration.ofSeconds(1));
      more += admittedOfAll(20);
      assertThat(channels.admits("victim-" + second, List.of("v" + second), true))
          .isTrue();
    }
    assertThat(more).as("in a minute").isLessThanOrEqualTo(60 * 9 + 20);
    clock.advance(Duration.ofSeconds(60));
    assertThat(admittedOfAll(400)).as("each of them opens its first").isEqualTo(45);
  }

  @Test
  void all_clients_together_open_any_number_while_the_proxy_does_not_ask_again() {
    for (int i = 0; i < 400; i++) {
      assertThat(admits("client-" + i, "new-" + i)).isTrue();
    }
    clock.advance(Duration.ofSeconds(120));
    channels.asked(List.of("new-7"));
    assertThat(admits("other", "new-again")).as("it asks for a silent stream").isTrue();
  }

  @Test
  void a_proxy_that_was_seen_to_ask_again_counts_as_one_that_does() {
    assertThat(admits("a", "x")).isTrue();
    clock.advance(Duration.ofSeconds(1));
    channels.asked(List.of("x"));

    long admitted =
        IntStream.range(0, 400).filter(i -> admits("c" + i, "new-" + i)).count();
    assertThat(admitted).isEqualTo(45);
    clock.advance(Duration.ofMinutes(11));
    assertThat(
            IntStream.range(0, 400).filter(i -> admits("c" + i, "again-" + i)).count())
        .as("after ten minutes it is looked at anew")
        .isEqualTo(400);
  }
}
