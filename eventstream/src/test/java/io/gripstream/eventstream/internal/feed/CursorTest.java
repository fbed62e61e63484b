package io.gripstream.eventstream.internal.feed;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static io.gripstream.eventstream.testkit.Eventually.happens;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.testkit.FaultyStore;
import io.gripstream.testtools.Logged;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cursor of one channel, with a store and the feed's threads. */
class CursorTest {
  private final FaultyStore store = FaultyStore.inMemory();
  private final FeedLoop loop = new FeedLoop();
  private final RecordingSubscriber subscriber = new RecordingSubscriber();
  private final AtomicReference<Cursor> cursor = new AtomicReference<>();

  @BeforeEach
  void start() {
    store.start();
  }

  @AfterEach
  void close() {
    loop.close();
    store.close();
  }

  @Test
  void events_after_the_start_are_passed_in_order() {
    append(3);

    followFrom(1);

    eventually(() -> assertThat(subscriber.ids()).containsExactly(2L, 3L));
  }

  @Test
  void events_offered_out_of_order_are_passed_in_order() {
    followFrom(0);
    append(3);

    offer(3, 1, 2);

    eventually(() -> assertThat(subscriber.ids()).containsExactly(1L, 2L, 3L));
  }

  @Test
  void event_offered_twice_is_passed_once() {
    followFrom(0);
    append(2);

    offer(1, 1, 2, 1, 2);

    eventually(() -> assertThat(subscriber.ids()).containsExactly(1L, 2L));
    awaitLoop();
    assertThat(subscriber.ids()).containsExactly(1L, 2L);
  }

  @Test
  void history_longer_than_a_page_is_read_to_its_end() {
    append(1_200);

    followFrom(0);

    eventually(() -> assertThat(subscriber.ids()).hasSize(1_200));
    assertThat(subscriber.ids()).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void store_that_fails_is_asked_again() {
    append(2);
    store.refuseReads(StoreException.Kind.UNAVAILABLE);
    followFrom(0);
    awaitLoop();
    assertThat(subscriber.ids()).isEmpty();

    store.recover();

    eventually(() -> assertThat(subscriber.ids()).containsExactly(1L, 2L));
  }

  @Test
  void store_that_fails_for_many_channels_is_logged_seldom() throws Exception {
    store.refuseReads(StoreException.Kind.UNAVAILABLE);

    String log = Logged.during(() -> {
      for (int i = 0; i < 50; i++) {
        followFrom(0);
      }
      awaitReads();
    });

    assertThat(log.split("Could not read the events of channel news after 0"))
        .hasSizeBetween(2, 10);
  }

  @Test
  void events_removed_before_they_were_read_are_skipped() {
    append(5);
    store.forget("news", 3);

    followFrom(0);

    eventually(
        () -> assertThat(subscriber.skips).extracting(at -> at.id("news")).contains(5L));
    append(1);
    offer(6);
    eventually(() -> assertThat(subscriber.ids()).containsExactly(6L));
  }

  private void followFrom(long last) {
    Fanout fanout = new Fanout(position(last), loop, () -> {});
    loop.execute(() -> {
      Cursor made = Cursor.reliable("news", last, store, loop);
      cursor.set(made);
      fanout.follow(made);
      fanout.join(position(last), subscriber, new CompletableFuture<>());
    });
  }

  private void offer(long... ids) {
    loop.execute(() -> {
      for (long id : ids) {
        cursor.get().offer(new Event("news", id, "message", "event", Set.of(), Instant.EPOCH));
      }
    });
  }

  private void append(int events) {
    for (int i = 0; i < events; i++) {
      store.append(Draft.of("news", "message", "event")).join();
    }
  }

  private void awaitReads() {
    awaitLoop();
    CountDownLatch isRead = new CountDownLatch(1);
    loop.read(() -> isRead, CountDownLatch::countDown, failure -> {});
    happens(isRead);
  }

  private void awaitLoop() {
    CountDownLatch isDone = new CountDownLatch(1);
    loop.execute(isDone::countDown);
    happens(isDone);
  }

  private static Position position(long last) {
    return Position.of(Map.of("news", last), "e1");
  }
}
