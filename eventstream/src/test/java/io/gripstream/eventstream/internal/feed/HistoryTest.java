package io.gripstream.eventstream.internal.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.StreamPosition;
import io.gripstream.eventstream.internal.sse.FrameWriter;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.internal.sse.ResetReason;
import io.gripstream.eventstream.internal.sse.ResumePoint;
import io.gripstream.eventstream.testkit.FaultyStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Channel "a" has the events 1 to 5, "b" 1 and 2. */
class HistoryTest {
  private final FaultyStore store = FaultyStore.inMemory();
  private final History history = new History(store);
  private final HistoryPages pages = new HistoryPages(store);

  @BeforeEach
  void start() {
    store.start();
    append("a", 5);
    append("b", 2);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void new_stream_starts_at_the_heads() {
    Start start = locate(null);

    assertThat(start.isNew()).isTrue();
    assertThat(start.position()).isEqualTo(at(5, 2)).isEqualTo(start.head());
    assertThat(start.resets()).isEmpty();
  }

  @Test
  void returning_stream_starts_at_its_position() {
    Start start = locate("a:3,.:" + store.epoch());

    assertThat(start.isNew()).isFalse();
    assertThat(start.position()).isEqualTo(at(3, 2)).isEqualTo(start.resumed());
    assertThat(start.head()).isEqualTo(at(5, 2));
  }

  @Test
  void earliest_is_the_oldest_event_that_is_left() {
    store.forget("a", 2);

    assertThat(locate("earliest").position()).isEqualTo(at(2, 0));
  }

  @Test
  void channel_without_the_missed_events_is_reset_and_others_are_not() {
    store.forget("a", 3);

    Start start = locate("a:1,b:1,.:" + store.epoch());

    assertThat(start.resets()).isEqualTo(Map.of("a", ResetReason.EXPIRED));
    assertThat(start.position()).isEqualTo(at(5, 1));
    assertThat(start.resumed()).isEqualTo(at(1, 1));
  }

  @Test
  void position_of_another_storage_or_of_the_future_is_unknown() {
    assertThat(locate("a:1,.:elsewhere").resets()).isEqualTo(Map.of("a", ResetReason.UNKNOWN));
    assertThat(locate("b:3").resets()).isEqualTo(Map.of("b", ResetReason.UNKNOWN));
  }

  @Test
  void application_may_state_where_reset_channels_start() {
    Start start = locate(null);

    Start told = history.startAt(both(null), start, at(4, 2).toPublic());

    assertThat(told.position()).isEqualTo(at(4, 2));
    assertThatThrownBy(() -> history.startAt(both(null), start, StreamPosition.parse("a:99")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a:99");
  }

  @Test
  void history_comes_channel_by_channel_each_event_once() {
    Replay replay = read(both(null), at(3, 0), 100_000);

    assertThat(idsIn(replay)).containsExactly("a:4,b:0", "a:5,b:0", "a:5,b:1", "a:5,b:2");
    assertThat(replay.position()).isEqualTo(at(5, 2));
    assertThat(replay.isComplete()).isTrue();
  }

  @Test
  void history_in_small_pieces_is_the_same_history() {
    StringBuilder all = new StringBuilder();
    Position position = at(0, 0);
    int pieces = 0;
    while (true) {
      Replay replay = read(both(null), position, 60);
      all.append(text(replay));
      position = replay.position();
      pieces++;
      if (replay.isComplete()) {
        break;
      }
    }

    assertThat(pieces).isGreaterThan(3);
    assertThat(all).hasToString(text(read(both(null), at(0, 0), 100_000)));
  }

  @Test
  void event_that_skips_the_user_is_left_out_and_the_position_goes_past_it() {
    store.append(Draft.of("b", "message", "for others").withSkippedUsers("ann")).join();

    Replay replay = read(both("ann"), at(5, 2), 100_000);

    assertThat(text(replay)).isEmpty();
    assertThat(replay.position()).isEqualTo(at(5, 3));
    VisiblePage page = pages.page("b", "ann", 1, 10);
    assertThat(page.events()).extracting(Event::id).containsExactly(2L);
    assertThat(page.next()).isEqualTo(3);
  }

  @Test
  void history_that_is_removed_while_it_is_read_is_a_reset() {
    store.forget("a", 4);

    Replay replay = read(both(null), at(1, 2), 100_000);

    assertThat(text(replay)).startsWith("event: stream-reset\n").contains("\"expired\"");
    assertThat(replay.position()).isEqualTo(at(5, 2));
  }

  @Test
  void rewound_stream_begins_with_the_past_events_that_are_left_when_it_is_read() {
    Start start = history.rewound(both(null), locate(null), channel -> 3);
    assertThat(start.position()).isEqualTo(at(2, 0));
    append("a", 1);
    store.forget("a", 5);

    assertThat(idsIn(read(start))).containsExactly("a:6,b:0", "a:6,b:1", "a:6,b:2");
  }

  @Test
  void rewound_stream_is_reset_if_events_since_its_opening_are_removed() {
    Start start = history.rewound(both(null), locate(null), channel -> 3);
    append("a", 2);
    store.forget("a", 6);

    assertThat(text(read(start))).startsWith("event: stream-reset\n").contains("\"expired\"");
  }

  @Test
  void last_events_of_a_user_are_those_among_the_last_of_all() {
    store.append(Draft.of("a", "message", "for others").withSkippedUsers("ann")).join();

    assertThat(pages.last("a", "ann", 2).events()).extracting(Event::id).containsExactly(5L);
    assertThat(pages.last("a", null, 2).events()).extracting(Event::id).containsExactly(5L, 6L);
    assertThat(pages.last("b", null, 9).events()).extracting(Event::id).containsExactly(1L, 2L);
  }

  private Replay read(Start start) {
    return history.read(
        both(null), start.position(), start.unbroken(), null, 100_000, new FrameWriter());
  }

  private void append(String channel, int events) {
    for (int i = 1; i <= events; i++) {
      store.append(Draft.of(channel, "message", "event " + i)).join();
    }
  }

  private Start locate(@Nullable String lastEventId) {
    return history.locate(both(null), ResumePoint.parse(lastEventId));
  }

  private Replay read(Subscription subscription, Position from, int maxBytes) {
    return history.read(subscription, from, null, maxBytes, new FrameWriter());
  }

  private static Subscription both(@Nullable String user) {
    return new Subscription(user, List.of("a", "b"), List.of(), false, null);
  }

  private Position at(long a, long b) {
    return Position.of(Map.of("a", a, "b", b), store.epoch());
  }

  private static String text(Replay replay) {
    return new String(replay.bytes(), StandardCharsets.UTF_8);
  }

  private List<String> idsIn(Replay replay) {
    return text(replay)
        .lines()
        .filter(line -> line.startsWith("id: "))
        .map(line -> line.substring(4).replace(",.:" + store.epoch(), ""))
        .toList();
  }
}
