package io.gripstream.eventstream.internal.feed;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.sse.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The subscribers of one set of channels. The test plays the feed's thread. */
class FanoutTest {
  private final FeedLoop loop = new FeedLoop();
  private final AtomicInteger emptied = new AtomicInteger();
  private final Fanout fanout = new Fanout(position(1, 1), loop, emptied::incrementAndGet);

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void newcomer_joins_when_the_fanout_has_reached_its_position() {
    RecordingSubscriber newcomer = new RecordingSubscriber();
    CompletableFuture<Membership> joined = new CompletableFuture<>();

    fanout.join(position(3, 1), newcomer, joined);
    fanout.pass(event("a", 2));
    assertThat(joined).isNotDone();
    fanout.pass(event("a", 3));
    fanout.pass(event("a", 4));

    assertThat(joined.join().position()).isEqualTo(position(3, 1));
    assertThat(newcomer.memberships).hasSize(1);
    assertThat(newcomer.ids()).containsExactly(4L);
  }

  @Test
  void all_subscribers_get_the_same_bytes() {
    RecordingSubscriber one = join();
    RecordingSubscriber other = join();

    fanout.pass(event("b", 2));

    assertThat(one.events.get(0).bytes()).isSameAs(other.events.get(0).bytes());
    assertThat(new String(one.events.get(0).bytes(), StandardCharsets.UTF_8))
        .isEqualTo("event: message\nid: a:1,b:2,.:e1\ndata: text\n\n");
  }

  @Test
  void unstored_event_has_no_id_and_moves_no_position() {
    RecordingSubscriber one = join();

    fanout.pass(event("c", Event.NO_ID));

    assertThat(one.events.get(0).position()).isEqualTo(position(1, 1));
    assertThat(new String(one.events.get(0).bytes(), StandardCharsets.UTF_8))
        .isEqualTo("event: message\ndata: text\n\n");
  }

  @Test
  void subscribers_learn_of_removed_events_and_newcomers_need_not_wait_for_them() {
    RecordingSubscriber one = join();
    CompletableFuture<Membership> joined = new CompletableFuture<>();
    fanout.join(position(5, 1), new RecordingSubscriber(), joined);

    fanout.skip("a", 7);

    assertThat(one.skips).containsExactly(position(7, 1));
    assertThat(joined.join().position()).isEqualTo(position(7, 1));
  }

  @Test
  void fanout_is_empty_when_the_last_subscriber_leaves() {
    RecordingSubscriber one = join();
    RecordingSubscriber other = join();

    one.memberships.get(0).leave();
    one.memberships.get(0).leave();
    loop.execute(() -> assertThat(emptied).hasValue(0));
    other.memberships.get(0).leave();

    eventually(() -> assertThat(emptied).hasValue(1));
    fanout.pass(event("a", 2));
    assertThat(one.events).isEmpty();
  }

  private RecordingSubscriber join() {
    RecordingSubscriber subscriber = new RecordingSubscriber();
    fanout.join(position(1, 1), subscriber, new CompletableFuture<>());
    return subscriber;
  }

  private static Event event(String channel, long id) {
    return new Event(channel, id, "message", "text", Set.of(), Instant.EPOCH);
  }

  private static Position position(long a, long b) {
    return Position.of(Map.of("a", a, "b", b), "e1");
  }
}
