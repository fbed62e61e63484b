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
        .filter(i -> channels.admits(client, List.of("new-" + next++)))
        .count();
  }

  @Test
  void a_client_opens_so_many_new_channels_at_once_and_more_later() {
    assertThat(admitted("a", 400)).isEqualTo(10);
    assertThat(admitted("b", 400)).as("another client").isEqualTo(10);
    clock.advance(Duration.ofSeconds(1));
    assertThat(admitted("a", 400)).isEqualTo(2);
    clock.advance(Duration.ofSeconds(60));
    assertThat(admitted("a", 400)).as("no more than at first").isEqualTo(10);
  }

  @Test
  void channels_that_somebody_reads_are_free() {
    channels.read(List.of("news", "sports"));
    assertThat(admitted("a", 400)).isEqualTo(10);

    assertThat(channels.admits("a", List.of("news", "sports"))).isTrue();
    assertThat(channels.admits("a", List.of("news", "unheard"))).isFalse();
    assertThat(channels.admits("a", List.of("new-0"))).as("read by itself").isTrue();
    clock.advance(Duration.ofSeconds(140));
    channels.read(List.of("news"));
    clock.advance(Duration.ofSeconds(20));
    assertThat(admitted("a", 400)).isEqualTo(10);
    assertThat(channels.admits("a", List.of("news"))).isTrue();
    assertThat(channels.admits("a", List.of("sports"))).as("not read for long").isFalse();
  }

  @Test
  void a_channel_that_was_refused_is_not_read() {
    admitted("a", 10);

    assertThat(channels.admits("a", List.of("x"))).isFalse();
    assertThat(channels.admits("a", List.of("x"))).isFalse();
  }

  @Test
  void without_a_limit_all_are_admitted() {
    NewChannels unlimited = new NewChannels(0, clock);

    assertThat(IntStream.range(0, 400).filter(i -> unlimited.admits("a", List.of("c" + i))))
        .hasSize(400);
  }
}
