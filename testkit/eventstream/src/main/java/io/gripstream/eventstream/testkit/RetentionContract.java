package io.gripstream.eventstream.testkit;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.data;
import static io.gripstream.eventstream.testkit.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.StoreOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How long every event store keeps its events. */
public abstract class RetentionContract extends EmptyStorage {
  @Test
  void old_events_are_trimmed_and_the_counter_stays() throws Exception {
    store.close();
    EventStore brief =
        started(StoreOptions.DEFAULT.withRetention(Retention.of(Duration.ofSeconds(2))));
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
    EventStore ruled = unstarted(StoreOptions.DEFAULT.withRetention(
        Retention.of(Duration.ofMillis(1_500)).withSize(4)));
    ruled.channelRules(channel -> switch (channel) {
      case "latest" -> ChannelRules.DEFAULT.withHistoryTtl(Duration.ofDays(30)).withHistorySize(1);
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
    EventStore made = unstarted(StoreOptions.DEFAULT.withRetention(retention));
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
}
