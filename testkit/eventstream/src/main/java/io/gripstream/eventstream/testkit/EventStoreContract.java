package io.gripstream.eventstream.testkit;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.data;
import static io.gripstream.eventstream.testkit.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.Change;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.Revocations;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.store.StoreOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The behaviour of every event store, on an empty storage with a single process. */
public abstract class EventStoreContract {
  private final List<EventStore> opened = new ArrayList<>();
  private EventStore store;

  /** Makes a store on the storage of this test; it is not started. */
  protected abstract EventStore newStore(StoreOptions options) throws Exception;

  /**
   * Returns the name of a channel that one send can reach together with others. By default any name
   * works, and this is the given one.
   */
  protected String together(String name) {
    return name;
  }

  @BeforeEach
  void openStore() throws Exception {
    store = started(StoreOptions.DEFAULT);
  }

  @AfterEach
  void closeStores() {
    opened.forEach(EventStore::close);
  }

  private EventStore started(StoreOptions options) throws Exception {
    EventStore made = newStore(options);
    opened.add(made);
    made.start();
    return made;
  }

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
  void idempotency_key_names_one_event_of_a_channel() {
    ChangeRecorder recorder = ChangeRecorder.of(store);
    Draft draft = Draft.of("a", "message", "first").withIdempotencyKey("k");
    Appended first = append(store, draft);
    Appended second = append(store, draft);
    Appended elsewhere = append(store, Draft.of("b", "message", "other").withIdempotencyKey("k"));

    assertThat(first.isRepeated()).isFalse();
    assertThat(second).isEqualTo(new Appended(List.of(first.event()), true));
    assertThat(elsewhere.isRepeated()).isFalse();
    assertThat(recorder.ownIds("a")).containsExactly(1L);
    assertThat(append(store, "a", "next").id()).isEqualTo(2);
  }

  @Test
  void idempotency_key_holds_within_one_transaction() {
    Draft draft = Draft.of("a", "message", "x").withIdempotencyKey("k");
    List<CompletableFuture<Appended>> futures =
        IntStream.range(0, 50).mapToObj(i -> store.append(draft)).toList();

    assertThat(futures).allSatisfy(f -> assertThat(f.join().event().id()).isEqualTo(1));
    assertThat(futures.stream().filter(f -> !f.join().isRepeated())).hasSize(1);
    assertThat(all(store, "a")).hasSize(1);
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
  void idempotency_key_holds_for_all_channels_or_none() {
    String a = together("a");
    String b = together("b");
    String c = together("c");
    Draft both = Draft.of(List.of(a, b), "message", "both").withIdempotencyKey("k");
    Appended first = append(store, both);
    Appended turned =
        append(store, Draft.of(List.of(b, a), "message", "again").withIdempotencyKey("k"));
    Appended part = append(store, Draft.of(b, "message", "again").withIdempotencyKey("k"));
    Draft wider = Draft.of(List.of(c, b), "message", "wider").withIdempotencyKey("k");

    assertThat(turned.isRepeated()).isTrue();
    assertThat(turned.events())
        .containsExactly(first.events().get(1), first.events().get(0));
    assertThat(part).isEqualTo(new Appended(List.of(first.events().get(1)), true));
    assertThatThrownBy(() -> append(store, wider))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("used before on channel \"" + b + "\", but not on \"" + c + "\"");
    assertThat(data(all(store, a))).containsExactly("both");
    assertThat(data(all(store, b))).containsExactly("both");
    assertThat(all(store, c)).isEmpty();
  }

  @Test
  void refused_draft_does_not_harm_others_in_its_transaction() {
    String a = together("a");
    String b = together("b");
    append(store, Draft.of(a, "message", "x").withIdempotencyKey("k"));
    List<CompletableFuture<Appended>> futures = IntStream.range(0, 90)
        .mapToObj(i -> store.append(
            switch (i % 3) {
              case 0 -> Draft.of(List.of(a, b), "message", "" + i).withIdempotencyKey("k");
              case 1 -> Draft.of(List.of(b, a), "message", "" + i).withIdempotencyKey("l");
              default -> Draft.of(List.of(b, a), "message", "" + i);
            }))
        .toList();

    for (int i = 0; i < 90; i++) {
      CompletableFuture<Appended> future = futures.get(i);
      if (i % 3 == 0) {
        assertThatThrownBy(future::join).hasCauseInstanceOf(InvalidValueException.class);
      } else {
        assertThat(future.join().isRepeated()).isEqualTo(i % 3 == 1 && i > 1);
      }
    }
    assertThat(ids(all(store, b)))
        .isEqualTo(LongStream.rangeClosed(1, 31).boxed().toList());
    assertThat(data(all(store, a))).endsWith("86", "89").hasSize(32);
  }

  @Test
  void old_events_are_trimmed_and_the_counter_stays() throws Exception {
    store.close();
    EventStore brief =
        started(StoreOptions.DEFAULT.withRetention(Retention.of(Duration.ofMillis(500))));
    append(brief, "a", "1");
    append(brief, "a", "2");

    eventually(() -> assertThat(brief.heads(List.of("a"))).containsEntry("a", new Head(2, 2)));
    assertThat(append(brief, "a", "3").id()).isEqualTo(3);
    Page page = brief.read("a", 0, Long.MAX_VALUE, PageLimit.DEFAULT);
    assertThat(page.head()).isEqualTo(new Head(3, 2));
    assertThat(ids(page.events())).containsExactly(3L);
  }

  @Test
  void surplus_events_are_trimmed() throws Exception {
    store.close();
    EventStore small = started(
        StoreOptions.DEFAULT.withRetention(Retention.of(Duration.ofSeconds(100)).withSize(3)));
    IntStream.rangeClosed(1, 500).forEach(i -> small.append(Draft.of("a", "message", "" + i)));
    append(small, "b", "1");

    eventually(() -> assertThat(ids(all(small, "a"))).containsExactly(498L, 499L, 500L));
    assertThat(small.heads(List.of("a", "b")))
        .containsEntry("a", new Head(500, 497))
        .containsEntry("b", new Head(1, 0));
  }

  @Test
  void channels_are_kept_as_their_rules_say() throws Exception {
    store.close();
    EventStore ruled = newStore(StoreOptions.DEFAULT.withRetention(
        Retention.of(Duration.ofMillis(1_500)).withSize(4)));
    opened.add(ruled);
    ruled.channelRules(channel -> switch (channel) {
      case "latest" -> ChannelRules.DEFAULT.withHistorySize(1);
      case "short" -> ChannelRules.DEFAULT.withHistoryTtl(Duration.ofMillis(100));
      case "long" ->
        ChannelRules.DEFAULT.withHistoryTtl(Duration.ofDays(30)).withHistorySize(1_000);
      case "broken" -> throw new IllegalStateException("rules that cannot be told, on purpose");
      default -> ChannelRules.DEFAULT;
    });
    ruled.start();
    for (String channel : List.of("latest", "short", "long", "broken", "other")) {
      IntStream.rangeClosed(1, 6).forEach(i -> append(ruled, channel, "" + i));
    }

    eventually(() -> assertThat(ids(all(ruled, "latest"))).containsExactly(6L));
    eventually(() -> assertThat(ids(all(ruled, "short"))).isEmpty());
    assertThat(ruled.heads(List.of("latest", "short")))
        .containsEntry("latest", new Head(6, 5))
        .containsEntry("short", new Head(6, 6));
    eventually(() -> assertThat(ids(all(ruled, "other"))).isEmpty());
    assertThat(append(ruled, "short", "7").id()).isEqualTo(7);
    eventually(() -> assertThat(ids(all(ruled, "short"))).isEmpty());
    assertThat(all(ruled, "long")).hasSize(6);
    assertThat(all(ruled, "broken")).as("nothing is removed without a rule").hasSize(6);
  }

  @Test
  void changed_rules_apply_to_stored_events() throws Exception {
    if (isKeptByProcess()) {
      return;
    }
    store.close();
    Retention brief = Retention.of(Duration.ofMillis(1_200));
    Function<String, ChannelRules> first =
        channel -> ChannelRules.DEFAULT.withHistoryTtl(Duration.ofDays(1));
    EventStore before = ruled(brief, first);
    IntStream.rangeClosed(1, 5).forEach(i -> append(before, "a", "" + i));
    IntStream.rangeClosed(1, 5).forEach(i -> append(before, "b", "" + i));
    eventually(() -> assertThat(append(before, "c", "x").id()).isGreaterThan(15));
    assertThat(all(before, "a")).hasSize(5);
    before.close();

    EventStore after = ruled(
        brief,
        channel -> channel.equals("b")
            ? ChannelRules.DEFAULT.withHistoryTtl(Duration.ofDays(1)).withHistorySize(2)
            : ChannelRules.DEFAULT);
    eventually(() -> assertThat(after.heads(List.of("a", "b")))
        .containsEntry("a", new Head(5, 5))
        .containsEntry("b", new Head(5, 3)));
    assertThat(append(after, "a", "6").id()).isEqualTo(6);
  }

  private EventStore ruled(Retention retention, Function<String, ChannelRules> rules)
      throws Exception {
    EventStore made = newStore(StoreOptions.DEFAULT.withRetention(retention));
    opened.add(made);
    made.channelRules(rules);
    made.start();
    return made;
  }

  @Test
  void forgotten_events_are_gone_and_ids_go_on() {
    IntStream.rangeClosed(1, 5).forEach(i -> append(store, "a", "" + i));
    append(store, "b", "1");

    assertThat(store.forget("a", 3)).isEqualTo(new Head(5, 3));
    assertThat(data(all(store, "a"))).containsExactly("4", "5");
    assertThat(store.forget("a", 2)).as("forgotten before").isEqualTo(new Head(5, 3));
    assertThat(store.forget("a", Long.MAX_VALUE)).isEqualTo(new Head(5, 5));
    assertThat(all(store, "a")).isEmpty();
    assertThat(append(store, "a", "6").id()).isEqualTo(6);
    assertThat(store.heads(List.of("a", "b")))
        .containsEntry("a", new Head(6, 5))
        .containsEntry("b", new Head(1, 0));
    assertThat(store.forget("never", 7)).isEqualTo(Head.EMPTY);
    assertThat(store.heads(List.of("never"))).containsEntry("never", Head.EMPTY);
  }

  @Test
  void repeated_send_does_not_bring_a_forgotten_event_back() {
    Draft draft = Draft.of("a", "message", "secret").withIdempotencyKey("k");
    append(store, draft);
    store.forget("a", 1);

    Appended again = append(store, draft);

    assertThat(again.isRepeated()).isTrue();
    assertThat(again.event().id()).isEqualTo(1);
    assertThat(all(store, "a")).isEmpty();
    assertThat(store.heads(List.of("a"))).containsEntry("a", new Head(1, 1));
  }

  @Test
  void forgetting_while_events_are_appended_and_read_leaves_no_hole() throws Exception {
    int count = 2_000;
    Thread sender = new Thread(() -> IntStream.rangeClosed(1, count)
        .mapToObj(i -> store.append(Draft.of("a", "message", "" + i)))
        .toList()
        .forEach(CompletableFuture::join));
    sender.start();
    long forgotten = 0;
    while (sender.isAlive()) {
      forgotten = store.forget("a", Long.MAX_VALUE).trimmed();
      Page page = store.read("a", forgotten, Long.MAX_VALUE, PageLimit.DEFAULT);
      assertThat(ids(page.events()))
          .isEqualTo(LongStream.range(0, page.events().size())
              .map(i -> page.head().trimmed() + 1 + i)
              .boxed()
              .toList());
    }
    sender.join();

    assertThat(forgotten).isBetween(0L, (long) count);
    assertThat(store.heads(List.of("a")))
        .hasEntrySatisfying("a", head -> assertThat(head.last()).isEqualTo(count));
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

  /** Returns whether the storage ends with the store, so that a second store is empty. */
  protected boolean isKeptByProcess() {
    return false;
  }

  @Test
  void revocation_is_in_force_until_its_time() {
    Revocations revocations = store.revocations();
    Instant later = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.MILLIS);
    revocations.revoke("alice", "a", later);
    revocations.revoke("alice", "a", later.plusSeconds(1));
    revocations.revoke("bob", "a", later);
    revocations.revoke("carol", "a", Instant.now().minusSeconds(1));
    revocations.lift("bob", "a");
    revocations.lift("nobody", "a");

    assertThat(revocations.active(null, 1_000))
        .containsExactly(new Revocations.Revocation("alice", "a", later.plusSeconds(1)));
  }

  @Test
  void revocations_return_changes_since_an_earlier_answer() {
    Revocations revocations = store.revocations();
    Instant later = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.MILLIS);
    assertThat(revocations.changes(0)).isEqualTo(new Revocations.Changes(0, List.of()));
    revocations.revoke("alice", "a", later);
    revocations.revoke("bob", "a", later);
    Revocations.Changes first = revocations.changes(0);
    assertThat(first.entries()).hasSize(2);
    assertThat(revocations.changes(first.upTo()).entries()).isEmpty();

    revocations.lift("alice", "a");
    revocations.revoke("carol", "b", later);
    Revocations.Changes second = revocations.changes(first.upTo());
    assertThat(second.entries()).extracting("user").containsExactlyInAnyOrder("alice", "carol");
    assertThat(second.entries())
        .filteredOn("user", "alice")
        .singleElement()
        .satisfies(lifted -> assertThat(lifted.until()).isBefore(Instant.now().plusSeconds(60)));
    assertThat(second.upTo()).isGreaterThan(first.upTo());
    assertThat(revocations.changes(0).entries())
        .as("all that are in force")
        .extracting("user")
        .containsExactlyInAnyOrder("bob", "carol");
    assertThat(revocations.active("carol", 10)).hasSize(1);
    assertThat(revocations.active(null, 1)).extracting("user").containsExactly("bob");
  }

  @Test
  void revocation_with_an_invalid_user_or_channel_is_refused() {
    Revocations revocations = store.revocations();
    Instant later = Instant.now().plusSeconds(600);
    for (String user :
        List.of("", "a,b", "a\u0000b", "a\nb", "\ud800x", "x".repeat(256), "ü".repeat(128))) {
      assertThatThrownBy(() -> revocations.revoke(user, "a", later))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("user ");
    }
    for (String channel : List.of("", "a\u0000b", "\ud800x", "x".repeat(256))) {
      assertThatThrownBy(() -> revocations.revoke("alice", channel, later))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("channel name ");
    }
    revocations.revoke("ü".repeat(127), "x".repeat(252) + "*", later);
    assertThat(revocations.active(null, 1_000)).hasSize(1);
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
    EventStore fresh = newStore(StoreOptions.DEFAULT);
    opened.add(fresh);

    assertThatThrownBy(() -> fresh.append(Draft.of("a", "message", "x")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not started");
  }
}
