package io.gripstream.eventstream.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.store.Revocations;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The revocations that every event store of a server keeps. */
public abstract class RevocationsContract extends EmptyStorage {
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
  void revocation_without_an_end_is_in_force_until_the_latest_time() {
    Revocations revocations = store.revocations();
    revocations.revoke("alice", "a", Instant.MAX);
    revocations.revoke("bob", "a", Instant.MIN);

    assertThat(revocations.active(null, 1_000))
        .containsExactly(new Revocations.Revocation("alice", "a", Revocations.LATEST));
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
}
