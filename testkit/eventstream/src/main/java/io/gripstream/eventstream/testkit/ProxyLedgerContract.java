package io.gripstream.eventstream.testkit;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static io.gripstream.eventstream.testkit.Stores.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.ProxyLedger;
import io.gripstream.eventstream.store.ProxyLedger.Backlog;
import io.gripstream.eventstream.store.StoreOptions;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The behaviour of the ledger of every store. */
public abstract class ProxyLedgerContract {
  private EventStore store;
  private ProxyLedger ledger;

  /** Makes a store on the storage of this test; it is not started. */
  protected abstract EventStore newStore(StoreOptions options) throws Exception;

  @BeforeEach
  void open() throws Exception {
    store = newStore(StoreOptions.DEFAULT);
    store.start();
    ledger = store.ledger();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void send(String channel, int count) {
    IntStream.range(0, count).forEach(i -> append(store, channel, "" + i));
  }

  private List<Backlog> backlog(String proxy) {
    return ledger.backlog(proxy, Duration.ZERO, 100);
  }

  @Test
  void new_proxy_starts_at_the_heads() {
    send("old", 3);
    ledger.register(List.of("p"));
    assertThat(backlog("p")).isEmpty();

    send("old", 1);
    send("new", 2);
    eventually(() -> assertThat(backlog("p"))
        .containsExactlyInAnyOrder(new Backlog("old", 3, 4), new Backlog("new", 0, 2)));
    assertThat(ledger.backlog("p", Duration.ofHours(1), 100)).isEmpty();
    assertThat(ledger.backlog("p", Duration.ZERO, 1)).hasSize(1);
    assertThat(backlog("stranger")).isEmpty();
  }

  @Test
  void confirmation_moves_the_cursor() {
    ledger.register(List.of("p", "q"));
    send("a", 5);
    ledger.confirm("p", "a", 1, 2);
    ledger.confirm("p", "a", 3, 3);

    eventually(() -> assertThat(backlog("p")).containsExactly(new Backlog("a", 3, 5)));
    eventually(() -> assertThat(backlog("q")).containsExactly(new Backlog("a", 0, 5)));
    ledger.confirm("p", "a", 2, 5);
    eventually(() -> assertThat(backlog("p")).isEmpty());
    send("a", 1);
    eventually(() -> assertThat(backlog("p")).containsExactly(new Backlog("a", 5, 6)));
  }

  @Test
  void confirmation_behind_a_hole_counts_when_the_hole_is_filled() {
    ledger.register(List.of("p"));
    send("a", 6);
    ledger.confirm("p", "a", 5, 6);
    ledger.confirm("p", "a", 3, 3);
    eventually(() -> assertThat(backlog("p")).containsExactly(new Backlog("a", 0, 6)));

    ledger.confirm("p", "a", 1, 2);
    eventually(() -> assertThat(backlog("p")).containsExactly(new Backlog("a", 3, 6)));
    ledger.confirm("p", "a", 4, 4);
    eventually(() -> assertThat(backlog("p")).isEmpty());
  }

  @Test
  void many_channels_are_caught_up_one_by_one() {
    ledger.register(List.of("p"));
    IntStream.range(0, 250).forEach(i -> send("c" + i, 1));
    eventually(() -> assertThat(ledger.backlog("p", Duration.ZERO, 1_000)).hasSize(250));

    IntStream.range(0, 249).forEach(i -> ledger.confirm("p", "c" + i, 1, 1));

    eventually(() -> assertThat(backlog("p")).containsExactly(new Backlog("c249", 0, 1)));
  }

  @Test
  void given_up_events_are_owed_until_recovered() {
    ledger.register(List.of("p"));
    ledger.recovered("p");
    send("a", 4);
    ledger.register(List.of("p"));
    assertThat(ledger.owesRecovery("p")).isFalse();

    ledger.giveUp("p", "a", 4);

    assertThat(backlog("p")).isEmpty();
    assertThat(ledger.owesRecovery("p")).isTrue();
    ledger.recovered("p");
    assertThat(ledger.owesRecovery("p")).isFalse();
    ledger.giveUp("p", "a", 2);
    assertThat(backlog("p")).as("a cursor never goes back").isEmpty();
    assertThat(ledger.owesRecovery("stranger")).isFalse();
  }

  /** Such a proxy may hold streams of a history that this storage replaced. */
  @Test
  void proxy_that_is_new_to_the_storage_owes_recovery() {
    assertThat(ledger.owesRecovery("p")).isFalse();

    ledger.register(List.of("p"));

    assertThat(ledger.owesRecovery("p")).isTrue();
    ledger.recovered("p");
    ledger.register(List.of("p", "q"));
    assertThat(ledger.owesRecovery("p")).isFalse();
    assertThat(ledger.owesRecovery("q")).isTrue();
  }

  @Test
  void strange_confirmations_are_refused_or_ignored() {
    ledger.confirm("stranger", "a", 1, 1);
    assertThatThrownBy(() -> ledger.confirm("p", "a", 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2…1");
    assertThatThrownBy(() -> ledger.confirm("p", "a", 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lease_is_renewed() {
    assertThat(ledger.lease("relay", Duration.ofSeconds(30))).isTrue();
    assertThat(ledger.lease("relay", Duration.ofSeconds(30))).isTrue();
  }

  @Test
  void proxies_owe_a_question_when_streams_are_granted_by_other_rules() {
    ledger.granting("rules 1");
    ledger.register(List.of("p", "q"));
    ledger.recovered("p");
    ledger.recovered("q");

    ledger.granting("rules 2");

    assertThat(ledger.owesRecovery("p")).isTrue();
    assertThat(ledger.owesRecovery("q")).isTrue();
    ledger.recovered("p");
    ledger.granting("rules 2");
    assertThat(ledger.owesRecovery("p"))
        .as("another process may still have granted by the old ones")
        .isTrue();
  }
}
