package io.gripstream.eventstream.testkit;

import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.data;
import static io.gripstream.eventstream.testkit.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.Head;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Sends that come twice, and sends that contradict an earlier one. */
public abstract class IdempotencyContract extends EmptyStorage {
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
}
