package io.gripstream.eventstream.conformance;

import static io.gripstream.eventstream.conformance.TwoDoors.channels;
import static io.gripstream.eventstream.conformance.TwoDoors.unique;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The rights of readers, and their end. */
@ClassTemplate
class PermissionsIT {
  private static final Map<String, String> ALICE = Map.of("X-User", "alice");
  private static final Map<String, String> BOB = Map.of("X-User", "bob");

  @RegisterExtension
  static final TwoDoors house = TwoDoors.underEachServer();

  private final String a = unique("a");
  private final String secret = unique("private-, ü%");

  @Test
  void a_channel_for_users_refuses_anonymous_clients() {
    try (TwoClients clients = house.open(channels(secret))) {
      clients.expectStatus(200).expectError("forbidden").expectEnd().expectSame();
      assertThat(clients.body())
          .isEqualTo("event: stream-error\nid: error\ndata: {\"condition\":\"forbidden\",\"text\":"
              + "\"Permission denied to channels: " + secret + "\",\"channels\":[\"" + secret
              + "\"]}\n\n");
    }
    try (TwoClients clients = house.open(channels(secret), ALICE)) {
      clients.expectOpen();
      house.send(secret, "for users");
      clients.expectEvent("for users").expectSame();
    }
  }

  @Test
  void one_channel_that_may_not_be_read_refuses_the_stream_and_names_it() {
    try (TwoClients clients = house.open(channels(a, secret))) {
      clients.expectError("forbidden").expectEnd().expectSame();
      assertThat(clients.body()).contains("\"channels\":[\"" + secret + "\"]").doesNotContain(a);
    }
  }

  @Test
  void two_users_on_one_channel_get_their_own_answers() {
    try (TwoClients alice = house.open(channels(a), ALICE);
        TwoClients bob = house.open(channels(a), BOB);
        TwoClients nobody = house.open(channels(a))) {
      alice.expectOpen();
      bob.expectOpen();
      nobody.expectOpen();
      house.sendSkipping("alice", a, "1");
      house.sendSkipping("bob", a, "2");
      house.send(a, "3");
      alice.expectEvent("2").expectEvent("3").expectSame();
      bob.expectEvent("1").expectEvent("3").expectSame();
      nobody.expectEvent("1").expectEvent("2").expectEvent("3").expectSame();
    }
  }

  @Test
  void a_lost_permission_ends_the_users_streams_also_twice_in_a_minute() {
    for (int round = 0; round < 2; round++) {
      try (TwoClients alice = house.open(channels(a, secret), ALICE);
          TwoClients other = house.open(channels(a), ALICE);
          TwoClients bob = house.open(channels(a, secret), BOB)) {
        alice.expectOpen();
        other.expectOpen();
        bob.expectOpen();
        house.send(a, "before " + round);
        alice.expectEvent("before " + round);
        house.rules.forbid("alice", secret);
        house.events().permissionChanged("alice", secret);
        alice.expectError("forbidden").expectEnd().expectSame();
        house.send(a, "after " + round);
        other.expectEvent("before " + round).expectEvent("after " + round).expectSame();
        bob.expectEvent("before " + round).expectEvent("after " + round).expectSame();
      } finally {
        house.rules.allow("alice", secret);
      }
    }
  }

  @Test
  void all_that_a_user_may_not_read_any_more_ends_at_once() {
    String other = unique("b");
    try (TwoClients one = house.open(channels(a, secret), ALICE);
        TwoClients two = house.open(channels(other), ALICE);
        TwoClients three = house.open(channels(a), ALICE);
        TwoClients bob = house.open(channels(other, secret), BOB)) {
      one.expectOpen();
      two.expectOpen();
      three.expectOpen();
      bob.expectOpen();
      house.rules.forbid("alice", secret);
      house.rules.forbid("alice", other);
      house.events().permissionChanged("alice");
      one.expectError("forbidden").expectEnd().expectSame();
      two.expectError("forbidden").expectEnd().expectSame();
      house.send(a, "1");
      house.send(other, "2");
      three.expectEvent("1").expectSame();
      bob.expectEvent("2").expectSame();
    } finally {
      house.rules.allow("alice", secret);
      house.rules.allow("alice", other);
    }
  }

  @Test
  void a_change_that_takes_nothing_away_does_nothing() {
    try (TwoClients alice = house.open(channels(secret), ALICE)) {
      alice.expectOpen();
      house.events().permissionChanged("alice", secret);
      house.send(secret, "1");
      alice.expectEvent("1").expectSame();
    }
  }

  @Test
  void a_permission_lost_while_away_is_refused_on_return() {
    String position;
    try (TwoClients alice = house.open(channels(secret), ALICE)) {
      position = alice.expectOpen().lastId();
    }
    house.rules.forbid("alice", secret);
    house.send(secret, "not for alice any more");
    try (TwoClients alice =
        house.open(channels(secret), Map.of("X-User", "alice", "Last-Event-ID", position))) {
      alice.expectError("forbidden").expectEnd().expectSame();
    } finally {
      house.rules.allow("alice", secret);
    }
  }

  @Test
  void a_right_that_ends_in_time_ends_the_stream_in_a_way_that_lets_it_come_back() {
    String until = Instant.now().plusSeconds(8).truncatedTo(ChronoUnit.SECONDS).toString();
    Map<String, String> headers = Map.of("X-User", "alice", "X-Until", until);
    try (TwoClients alice = house.open(channels(a), headers)) {
      alice.expectOpen();
      house.send(a, "1");
      alice.expectEvent("1").expectError("token-expired").expectEnd().expectSame();
      assertThat(alice.lastId()).startsWith(a + ":1,");
    }
  }
}
