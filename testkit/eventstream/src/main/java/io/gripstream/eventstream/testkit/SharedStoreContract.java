package io.gripstream.eventstream.testkit;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.ProxyLedger.Backlog;
import io.gripstream.eventstream.store.StoreOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The behaviour of several stores on one storage, like those of several processes. */
public abstract class SharedStoreContract {
  private EventStore one;
  private EventStore two;

  /** Makes a store that is not started, each time on the same storage. */
  protected abstract EventStore newStore(StoreOptions options) throws Exception;

  /** As {@link EventStoreContract#together}. */
  protected String together(String name) {
    return name;
  }

  @BeforeEach
  void open() throws Exception {
    one = newStore(StoreOptions.DEFAULT);
    two = newStore(StoreOptions.DEFAULT);
    one.start();
    two.start();
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  @Test
  void they_have_one_epoch_and_one_key() {
    assertThat(one.epoch()).isEqualTo(two.epoch());
    assertThat(one.keys().with(null).get(0)).isEqualTo(two.keys().with(null).get(0));
  }

  @Test
  void keys_asked_for_at_once_agree() throws Exception {
    byte[][] keys = new byte[8][];
    atOnce(8, i -> keys[i] = (i % 2 == 0 ? one : two).keys().with(null).get(0));

    assertThat(Arrays.stream(keys).map(Arrays::toString).distinct()).hasSize(1);
  }

  @Test
  void other_process_learns_of_the_channel() {
    ChangeRecorder own = ChangeRecorder.of(one);
    ChangeRecorder other = ChangeRecorder.of(two);
    append(one, "a", "1");

    other.assertToldOfOthers("a", Duration.ofSeconds(2));
    assertThat(own.ownIds("a")).containsExactly(1L);
    append(two, "a", "2");
    own.assertToldOfOthers("a", Duration.ofSeconds(2));
    assertThat(other.ownIds("a")).containsExactly(2L);
  }

  @Test
  void own_events_are_not_reported_as_events_of_others() {
    ChangeRecorder own = ChangeRecorder.of(one);
    ChangeRecorder other = ChangeRecorder.of(two);
    IntStream.range(0, 100).forEach(i -> append(one, "a", "" + i));
    other.assertToldOfOthers("a", Duration.ofSeconds(2));
    append(two, "end", "");
    own.assertToldOfOthers("end", Duration.ofSeconds(2));

    assertThat(own.toldOfOthers("a")).isFalse();
  }

  @Test
  void appends_of_both_leave_no_hole() throws Exception {
    atOnce(
        8,
        i -> IntStream.range(0, 100)
            .forEach(n -> append(i % 2 == 0 ? one : two, n % 3 == 0 ? "b" : "a", i + ":" + n)));

    assertThat(all(one, "a")).isEqualTo(all(two, "a"));
    assertThat(ids(all(one, "a")))
        .isEqualTo(LongStream.rangeClosed(1, 528).boxed().toList());
    assertThat(ids(all(one, "b")))
        .isEqualTo(LongStream.rangeClosed(1, 272).boxed().toList());
  }

  @Test
  void idempotency_key_holds_across_processes() throws Exception {
    Appended[] results = new Appended[8];
    Draft draft = Draft.of("a", "message", "x").withIdempotencyKey("k");
    atOnce(8, i -> results[i] = append(i % 2 == 0 ? one : two, draft));

    assertThat(results).allSatisfy(result -> assertThat(result.event().id()).isEqualTo(1));
    assertThat(Arrays.stream(results).filter(result -> !result.isRepeated())).hasSize(1);
    assertThat(all(one, "a")).hasSize(1);
  }

  @Test
  void events_to_several_channels_in_any_order_block_no_one() throws Exception {
    String a = together("a");
    String b = together("b");
    String c = together("c");
    List<List<String>> orders =
        List.of(List.of(a, b, c), List.of(c, b, a), List.of(b, a), List.of(a, c));
    atOnce(8, i -> {
      for (int n = 0; n < 50; n++) {
        Draft draft = Draft.of(orders.get((i + n) % 4), "message", i + ":" + n);
        append(i % 2 == 0 ? one : two, n % 5 == 0 ? draft.withIdempotencyKey(i + ":" + n) : draft);
      }
    });

    Set<String> inA = Set.copyOf(Stores.data(all(one, a)));
    assertThat(ids(all(two, a)))
        .isEqualTo(LongStream.rangeClosed(1, 400).boxed().toList());
    assertThat(inA).hasSize(400);
    for (String channel : List.of(b, c)) {
      assertThat(ids(all(one, channel)))
          .isEqualTo(LongStream.rangeClosed(1, 300).boxed().toList());
      assertThat(inA).containsAll(Stores.data(all(two, channel)));
    }
  }

  @Test
  void idempotency_key_of_several_channels_holds_across_processes() throws Exception {
    Appended[] results = new Appended[8];
    String a = together("a");
    String b = together("b");
    List<List<String>> orders = List.of(List.of(a, b), List.of(b, a));
    atOnce(
        8,
        i -> results[i] = append(
            i % 2 == 0 ? one : two,
            Draft.of(orders.get(i / 2 % 2), "message", "x").withIdempotencyKey("k")));

    assertThat(results).allSatisfy(result -> assertThat(ids(result.events())).containsOnly(1L));
    assertThat(Arrays.stream(results).filter(result -> !result.isRepeated())).hasSize(1);
    assertThat(all(one, a)).hasSize(1);
    assertThat(all(two, b)).hasSize(1);
  }

  @Test
  void channels_made_at_once_are_one() throws Exception {
    atOnce(8, i -> {
      for (int n = 0; n < 30; n++) {
        append(i % 2 == 0 ? one : two, "new" + n, "x");
      }
    });
    for (int n = 0; n < 30; n++) {
      assertThat(ids(all(two, "new" + n)))
          .isEqualTo(LongStream.rangeClosed(1, 8).boxed().toList());
    }
  }

  @Test
  void lease_is_held_by_one() {
    assertThat(one.ledger().lease("t", Duration.ofSeconds(60))).isTrue();
    assertThat(two.ledger().lease("t", Duration.ofSeconds(60))).isFalse();
    assertThat(two.ledger().lease("other", Duration.ofMillis(500))).isTrue();
    eventually(
        () -> assertThat(one.ledger().lease("other", Duration.ofSeconds(60))).isTrue());
    assertThat(two.ledger().lease("other", Duration.ofSeconds(60))).isFalse();
  }

  @Test
  void proxies_and_confirmations_are_shared() {
    one.ledger().register(List.of("p"));
    two.ledger().register(List.of("q"));
    IntStream.range(0, 4).forEach(i -> append(one, "a", "" + i));

    two.ledger().confirm("p", "a", 3, 4);
    one.ledger().confirm("p", "a", 1, 2);

    eventually(() -> assertThat(two.ledger().backlog("p", Duration.ZERO, 10)).isEmpty());
    eventually(() -> assertThat(two.ledger().backlog("q", Duration.ZERO, 10))
        .containsExactly(new Backlog("a", 0, 4)));
    two.ledger().giveUp("q", "a", 4);
    assertThat(one.ledger().owesRecovery("q")).isTrue();
    assertThat(one.ledger().backlog("q", Duration.ZERO, 10)).isEmpty();
  }

  @Test
  void revocations_are_shared() {
    one.revocations().revoke("u", "a", Instant.now().plusSeconds(60));
    assertThat(two.revocations().active(null, 1_000)).hasSize(1);
  }

  private interface Numbered {
    void run(int i) throws Exception;
  }

  private static void atOnce(int threads, Numbered work) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<Throwable> failures = new ArrayList<>();
    List<Thread> all = IntStream.range(0, threads)
        .mapToObj(i -> new Thread(() -> {
          try {
            start.await();
            work.run(i);
          } catch (Throwable e) {
            synchronized (failures) {
              failures.add(e);
            }
          }
        }))
        .toList();
    all.forEach(Thread::start);
    start.countDown();
    for (Thread thread : all) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }
}
