package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.StreamMode;
import io.gripstream.eventstream.StreamSession;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.FaultyStore;
import io.gripstream.eventstream.testkit.TestClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Links that one process signs and another verifies. */
class SigningKeysTest {
  private static final FollowUp LINK =
      new FollowUp(List.of("a"), "alice", null, "grant", "epoch", null, null);

  private final TestClock clock = TestClock.now();
  private final EventStore store = EventStores.memory(StoreOptions.DEFAULT.withClock(clock));

  @BeforeEach
  void start() {
    store.start();
  }

  @AfterEach
  void stop() {
    store.close();
  }

  @Test
  void without_a_secret_processes_of_one_storage_share_links() {
    assertThat(process(null).read(process(null).write(LINK))).contains(LINK);
  }

  @Test
  void processes_without_storage_have_different_keys() {
    SigningKeys one = new SigningKeys(null, null, clock);
    SigningKeys other = new SigningKeys(null, null, clock);
    assertThat(one.read(one.write(LINK))).contains(LINK);
    assertThat(one.read(other.write(LINK))).isEmpty();
  }

  /** After a restart, links of the process before are all that a proxy has. */
  @Test
  void links_stay_valid_if_the_storage_fails_after_the_start() {
    String link = process(null).write(LINK);
    FaultyStore failing = FaultyStore.of(store);
    SigningKeys keys = new SigningKeys(failing, null, clock);
    keys.start();

    failing.refuseReads(StoreException.Kind.UNAVAILABLE);

    assertThat(keys.read(link)).contains(LINK);
    clock.advance(Duration.ofHours(2));
    assertThat(keys.read(link)).contains(LINK);
  }

  @Test
  void a_new_secret_is_found_although_the_clock_was_set_back() {
    SigningKeys old = process("the old secret, long");
    old.start();
    SigningKeys renewed = process("the new secret, long");
    clock.setBack(Duration.ofHours(1));

    assertThat(old.read(renewed.write(LINK))).contains(LINK);
  }

  /** As in a rolling deployment of a new secret. */
  @Test
  void links_are_honoured_in_both_directions_while_a_secret_is_replaced() {
    SigningKeys old = process("the old secret, long");
    String before = old.write(LINK);
    SigningKeys renewed = process("the new secret, long");
    clock.advance(Duration.ofSeconds(2));

    assertThat(renewed.read(before)).contains(LINK);
    assertThat(old.read(renewed.write(LINK))).contains(LINK);
    assertThat(old.write(LINK)).as("now the old process signs with it, too").isNotEqualTo(before);
  }

  @Test
  void a_replaced_secret_is_valid_for_a_day_also_in_a_process_that_runs_longer() {
    SigningKeys keys = process("the old secret, long");
    String before = keys.write(LINK);
    process("the new secret, long").write(LINK);
    clock.advance(Duration.ofHours(23));
    assertThat(keys.read(before)).contains(LINK);
    clock.advance(Duration.ofHours(2));
    assertThat(keys.read(before)).isEmpty();
  }

  @Test
  void the_same_stream_always_has_the_same_link() {
    SigningKeys keys = process(null);
    String link = keys.write(LINK);
    clock.advance(Duration.ofDays(30));
    assertThat(keys.write(LINK)).isEqualTo(link);
    assertThat(process(null).write(LINK)).isEqualTo(link);
  }

  @Test
  void a_token_that_is_cut_or_changed_is_none() {
    SigningKeys keys = process(null);
    String token = keys.write(LINK);
    for (int end = 0; end < token.length(); end++) {
      assertThat(keys.read(token.substring(0, end))).as("%d characters", end).isEmpty();
    }
    int dot = token.indexOf('.');
    String forged = keys.write(new FollowUp(List.of("b"), "bob", null, null, "epoch", null, null));
    assertThat(keys.read(forged.substring(0, forged.indexOf('.')) + token.substring(dot)))
        .isEmpty();
  }

  /** The token of a gone link would be one of a stream without an end. */
  @Test
  void a_token_of_one_purpose_is_none_of_another() {
    SigningKeys keys = process(null);
    String link = keys.write(LINK);
    String keeper = keys.writeKeeper(3);
    String gone = keys.writeGone(
        StreamSession.of("id", "alice", List.of("a"), StreamMode.PROXIED, clock.instant()));

    assertThat(keys.read(gone)).isEmpty();
    assertThat(keys.read(keeper)).isEmpty();
    assertThat(keys.readGone(link)).isEmpty();
    assertThat(keys.readGone(keeper)).isEmpty();
    assertThat(keys.readKeeper(link)).isEmpty();
    assertThat(keys.readKeeper(gone)).isEmpty();
  }

  @Test
  void unknown_links_ask_the_storage_once_a_second_at_most() {
    SigningKeys keys = process("the old secret, long");
    keys.write(LINK);
    String unknown = process("the new secret, long").write(LINK);

    assertThat(keys.read(unknown)).as("it asked for the first link").isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(keys.read(unknown)).contains(LINK);
  }

  private SigningKeys process(@Nullable String secret) {
    return new SigningKeys(
        store, secret == null ? null : secret.getBytes(StandardCharsets.UTF_8), clock);
  }
}
