package io.gripstream.eventstream.testkit;

import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.data;
import static io.gripstream.eventstream.testkit.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.Change;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.store.StoreOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Appending, reading and listening, the keys, and the end of every event store. */
public abstract class EventStoreContract extends EmptyStorage {
  @Test
  void ids_count_from_one_per_channel() {
    assertThat(append(store, "a", "1").id()).isEqualTo(1);
    assertThat(append(store, "b", "1").id()).isEqualTo(1);
    assertThat(append(store, "a", "2").id()).isEqualTo(2);
    assertThat(data(all(store, "a"))).containsExactly("1", "2");
  }

  @Test
  void event_comes_back_as_it_was_sent() {
    Draft draft = Draft.of("räume/1 %", "типы", "a\r\nb\rc\nd\0e é€😀 \t")
        .withSkippedUsers("bo b", "aliçe")
        .withIdempotencyKey("key \u0001");

    Event sent = append(store, draft).event();
    Event read = all(store, "räume/1 %").get(0);

    assertThat(read).isEqualTo(sent);
    assertThat(read.type()).isEqualTo(draft.type());
    assertThat(read.data()).isEqualTo(draft.data());
    assertThat(read.skippedUsers()).isEqualTo(draft.skippedUsers());
    assertThat(read.at()).isCloseTo(Instant.now(), within10s());
  }

  private static org.assertj.core.data.TemporalUnitOffset within10s() {
    return new org.assertj.core.data.TemporalUnitWithinOffset(10, ChronoUnit.SECONDS);
  }

  @Test
  void large_event_comes_back_whole() {
    String data = "0123456789abcdef".repeat(20_000);
    append(store, "a", data);

    assertThat(all(store, "a").get(0).data()).isEqualTo(data);
  }

  @Test
  void empty_data_is_an_event() {
    append(store, "a", "");
    assertThat(data(all(store, "a"))).containsExactly("");
  }

  @Test
  void concurrent_appends_leave_no_hole_and_keep_the_order_of_each_sender() throws Exception {
    int senders = 8;
    int each = 200;
    ChangeRecorder recorder = ChangeRecorder.of(store);
    List<Thread> threads = IntStream.range(0, senders)
        .mapToObj(sender -> new Thread(() -> {
          for (int i = 0; i < each; i++) {
            append(store, "c" + sender % 2, sender + ":" + i);
          }
        }))
        .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    for (String channel : List.of("c0", "c1")) {
      List<Event> events = all(store, channel);
      assertThat(ids(events))
          .isEqualTo(LongStream.rangeClosed(1, senders * each / 2).boxed().toList());
      assertThat(recorder.ownIds(channel)).isEqualTo(ids(events));
      for (int sender = 0; sender < senders; sender++) {
        String prefix = sender + ":";
        List<String> own =
            data(events).stream().filter(data -> data.startsWith(prefix)).toList();
        assertThat(own)
            .isEqualTo(IntStream.range(0, own.size()).mapToObj(i -> prefix + i).toList());
      }
    }
  }

  @Test
  void appends_without_waiting_keep_their_order() {
    List<CompletableFuture<Appended>> futures = IntStream.range(0, 2_000)
        .mapToObj(i -> store.append(Draft.of("a", "message", "" + i)))
        .toList();

    for (int i = 0; i < futures.size(); i++) {
      assertThat(futures.get(i).join().event().id()).isEqualTo(i + 1);
    }
    assertThat(data(all(store, "a")))
        .isEqualTo(IntStream.range(0, 2_000).mapToObj(Integer::toString).toList());
  }

  @Test
  void listener_knows_before_the_sender() {
    List<Long> told = new CopyOnWriteArrayList<>();
    store.onChange(change -> {
      if (change instanceof Change.Appended appended) {
        appended.events().forEach(event -> told.add(event.id()));
      }
    });

    for (int i = 0; i < 20; i++) {
      long id = append(store, "a", "x").id();
      assertThat(told).contains(id);
    }
  }

  @Test
  void closed_registration_hears_nothing_more() {
    ChangeRecorder recorder = new ChangeRecorder();
    EventStore.Registration registration = store.onChange(recorder);
    append(store, "a", "1");
    registration.close();
    registration.close();
    append(store, "a", "2");

    assertThat(recorder.ownIds("a")).containsExactly(1L);
  }

  @Test
  void failing_listener_disturbs_no_other() {
    store.onChange(change -> {
      throw new IllegalStateException("a listener that fails, on purpose");
    });
    ChangeRecorder recorder = ChangeRecorder.of(store);
    append(store, "a", "1");

    assertThat(recorder.ownIds("a")).containsExactly(1L);
  }

  @Test
  void read_is_bounded_by_positions() {
    IntStream.rangeClosed(1, 10).forEach(i -> append(store, "a", "" + i));

    assertThat(ids(store.read("a", 3, 6, PageLimit.DEFAULT).events())).containsExactly(4L, 5L, 6L);
    assertThat(store.read("a", 10, Long.MAX_VALUE, PageLimit.DEFAULT).events()).isEmpty();
    assertThat(store.read("a", 6, 6, PageLimit.DEFAULT).events()).isEmpty();
    assertThat(store.read("a", 99, Long.MAX_VALUE, PageLimit.DEFAULT).head())
        .isEqualTo(new Head(10, 0));
  }

  @Test
  void read_is_bounded_by_limits() {
    IntStream.rangeClosed(1, 10).forEach(i -> append(store, "a", "x".repeat(100)));

    Page byCount = store.read("a", 0, Long.MAX_VALUE, new PageLimit(4, 1_000_000));
    Page byBytes = store.read("a", 0, Long.MAX_VALUE, new PageLimit(10, 250));
    Page atLeastOne = store.read("a", 0, Long.MAX_VALUE, new PageLimit(10, 1));

    assertThat(ids(byCount.events())).containsExactly(1L, 2L, 3L, 4L);
    assertThat(ids(byBytes.events())).containsExactly(1L, 2L, 3L);
    assertThat(ids(atLeastOne.events())).containsExactly(1L);
  }

  @Test
  void skipped_users_count_in_the_size_of_a_read() {
    Set<String> crowd = IntStream.range(0, 1_000)
        .mapToObj(i -> "a-user-with-a-name-of-31" + (1_000_000 + i))
        .collect(java.util.stream.Collectors.toSet());
    for (int i = 0; i < 40; i++) {
      append(store, Draft.of("a", "message", "x").withSkippedUsers(crowd));
    }

    Page page = store.read("a", 0, Long.MAX_VALUE, PageLimit.DEFAULT);
    Page next = store.read("a", page.events().size(), Long.MAX_VALUE, PageLimit.DEFAULT);

    // Each one has 95 kB.
    assertThat(ids(page.events())).hasSize(11).startsWith(1L);
    assertThat(ids(next.events())).hasSize(11).startsWith(12L);
    assertThat(page.events().get(10).skippedUsers()).isEqualTo(crowd);
  }

  @Test
  void channel_without_events_is_empty() {
    Page page = store.read("never", 0, Long.MAX_VALUE, PageLimit.DEFAULT);

    assertThat(page.events()).isEmpty();
    assertThat(page.head()).isEqualTo(Head.EMPTY);
    append(store, "a", "1");
    assertThat(store.heads(List.of("never", "a")))
        .containsEntry("never", Head.EMPTY)
        .containsEntry("a", new Head(1, 0))
        .hasSize(2);
    assertThat(store.heads(List.of())).isEmpty();
  }

  @Test
  void names_that_look_alike_are_different_channels() {
    for (String channel : List.of("a", "A", "a ", " a", "a%20", "ä", "a\u0308")) {
      assertThat(append(store, channel, channel).id()).as(channel).isEqualTo(1);
    }
    assertThat(data(all(store, "a\u0308"))).containsExactly("a\u0308");
  }

  @Test
  void event_to_several_channels_has_an_id_in_each() {
    String a = together("a");
    String b = together("b");
    String fresh = together("new");
    append(store, b, "before");
    ChangeRecorder recorder = ChangeRecorder.of(store);
    Draft draft = Draft.of(List.of(b, fresh, a), "message", "x").withSkippedUsers("bob");

    Appended sent = append(store, draft);

    assertThat(sent.isRepeated()).isFalse();
    assertThat(sent.events()).extracting(Event::channel).containsExactly(b, fresh, a);
    assertThat(ids(sent.events())).containsExactly(2L, 1L, 1L);
    assertThat(sent.events())
        .allSatisfy(event -> assertThat(event.skippedUsers()).containsExactly("bob"));
    for (Event event : sent.events()) {
      assertThat(all(store, event.channel())).endsWith(event);
      assertThat(recorder.ownIds(event.channel())).containsExactly(event.id());
    }
  }

  @Test
  void full_queue_refuses_at_once() throws Exception {
    store.close();
    EventStore narrow = started(StoreOptions.DEFAULT.withMaxWaiting(5));
    CountDownLatch release = new CountDownLatch(1);
    narrow.onChange(change -> awaitQuietly(release));
    List<CompletableFuture<Appended>> futures = IntStream.range(0, 6)
        .mapToObj(i -> narrow.append(Draft.of("a", "message", "" + i)))
        .toList();

    assertThatThrownBy(() -> futures.get(5).join())
        .hasCauseInstanceOf(StoreException.class)
        .cause()
        .extracting(e -> ((StoreException) e).kind())
        .isEqualTo(StoreException.Kind.BUSY);
    release.countDown();
    futures.subList(0, 5).forEach(CompletableFuture::join);
    assertThat(all(narrow, "a")).hasSize(5);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void epoch_is_a_few_plain_characters() {
    assertThat(store.epoch()).matches("[a-z0-9]{4,16}");
  }

  @Test
  void signing_key_is_made_once_and_replaced_keys_stay_valid() {
    List<byte[]> made = store.keys().with(null);
    assertThat(made).hasSize(1);
    assertThat(made.get(0)).hasSize(32);
    assertThat(store.keys().with(null)).containsExactlyElementsOf(made);

    byte[] configured = {1, 2, 3};
    assertThat(store.keys().with(configured)).containsExactly(configured, made.get(0));
    assertThat(store.keys().with(configured)).containsExactly(configured, made.get(0));
    assertThat(store.keys().with(null)).containsExactly(configured, made.get(0));
    assertThat(store.keys().with(made.get(0))).containsExactly(made.get(0), configured);
  }

  @Test
  void replaced_signing_key_ends_after_a_day() throws Exception {
    byte[] old = {1};
    byte[] young = {2};
    store.close();
    EventStore yesterday = started(
        StoreOptions.DEFAULT.withClock(Clock.offset(Clock.systemUTC(), Duration.ofHours(-25))));
    yesterday.keys().with(old);
    yesterday.keys().with(young);
    assertThat(yesterday.keys().with(null)).containsExactly(young, old);
    if (isKeptByProcess()) {
      return;
    }
    yesterday.close();
    assertThat(started(StoreOptions.DEFAULT).keys().with(null)).containsExactly(young);
  }

  @Test
  void check_says_whether_it_can_be_written() {
    assertThat(store.check()).isEqualTo(StoreHealth.OK);
    store.close();
    assertThat(store.check()).isInstanceOf(StoreHealth.Failed.class);
  }

  @Test
  void close_stores_drafts_in_progress() throws Exception {
    List<CompletableFuture<Appended>> futures = IntStream.range(0, 500)
        .mapToObj(i -> store.append(Draft.of("a", "message", "" + i)))
        .toList();
    store.close();
    store.close();

    assertThat(futures).allSatisfy(f -> assertThat(f).isCompleted());
    assertThatThrownBy(() -> append(store, "a", "late"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("closed");
    if (!isKeptByProcess()) {
      assertThat(all(started(StoreOptions.DEFAULT), "a")).hasSize(500);
    }
  }

  @Test
  void store_that_was_not_started_says_so() throws Exception {
    EventStore fresh = unstarted(StoreOptions.DEFAULT);

    assertThatThrownBy(() -> fresh.append(Draft.of("a", "message", "x")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not started");
  }
}
