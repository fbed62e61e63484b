package io.gripstream.eventstream.conformance;

import static io.gripstream.eventstream.conformance.TwoDoors.channels;
import static io.gripstream.eventstream.conformance.TwoDoors.unique;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.InitialEvent;
import io.gripstream.eventstream.InitialEvents;
import io.gripstream.eventstream.StreamPosition;
import io.gripstream.eventstream.testkit.StreamClient;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first events of one client, and the later events that it gets after them. */
@ClassTemplate
class InitialEventsIT {
  @RegisterExtension
  static final TwoDoors house = new TwoDoors();

  private final String state = unique("state");

  @Test
  void are_only_for_a_new_client() {
    house.rules.state(channels -> told("100% now"));
    try (TwoClients first = house.open(channels(state))) {
      first.expectOpen().expectEvent("100% now");
      try (TwoClients second = house.open(channels(state))) {
        second.expectOpen().expectEvent("100% now");
        house.send(state, "change");
        first.expectEvent("change").expectSame();
        second.expectEvent("change").expectSame();
      }
    }
  }

  @Test
  void are_not_for_a_client_that_resumes_but_for_one_that_is_reset() {
    house.rules.state(channels -> told("now"));
    house.send(state, "1", "2");
    try (TwoClients clients = house.resume(channels(state), state + ":1")) {
      clients.expectOpen().expectEvent("2").expectSame();
    }
    house.store().forget(state, 1);
    try (TwoClients clients = house.resume(channels(state), state + ":0")) {
      clients.expectOpen().both(StreamClient::expectReset).expectEvent("now");
      house.send(state, "3");
      clients.expectEvent("3").expectSame();
    }
  }

  /** Missed events of other channels still come. */
  @Test
  void after_a_reset_are_of_the_channels_that_were_reset() {
    String other = unique("state");
    house.send(state, "1");
    house.send(other, "1", "2");
    house.store().forget(state, 1);
    house.rules.state(channels -> {
      house.send(state, "change");
      return told(String.join(",", channels));
    });
    try (TwoClients clients = house.resume(channels(state, other), state + ":0," + other + ":1")) {
      clients.both(client -> {
        client.expectOpen();
        client.expectReset();
        client.expectEvent(state);
        // One is the change during the last of three readings. Across channels there is no order.
        assertThat(List.of(client.next().data(), client.next().data()))
            .containsExactlyInAnyOrder("change", "2");
      });
    }
  }

  /** Things change all the time, also while the application reads how they are. */
  @Nested
  class Under_constant_change {
    private int number;
    private volatile boolean isDone;

    private synchronized void change() {
      number++;
      house.send(state, "is " + number);
    }

    private synchronized InitialEvents read() {
      return told("is " + number);
    }

    private synchronized InitialEvents readWithPosition() {
      return read().at(house.events().currentPosition(List.of(state)));
    }

    private void changeAllTheTime() {
      while (!isDone) {
        change();
        LockSupport.parkNanos(1_000_000);
      }
    }

    @Test
    void are_exact_if_the_application_says_of_which_position_they_are() throws Exception {
      house.rules.state(channels -> {
        change();
        InitialEvents told = readWithPosition();
        change();
        return told;
      });
      Thread changes = new Thread(this::changeAllTheTime);
      changes.start();
      try {
        for (int i = 0; i < 5; i++) {
          try (TwoClients clients = house.open(channels(state))) {
            clients.both(client -> {
              client.expectOpen();
              int first = number(client.next().data());
              assertThat(client.seen().get(0).id()).startsWith(state + ":" + first + ",");
              for (int next = first + 1; next < first + 50; next++) {
                client.expectEvent("is " + next);
              }
            });
          }
        }
      } finally {
        isDone = true;
        changes.join();
      }
    }

    /** An event may come that the initial ones knew of, but none is missed. */
    @Test
    void miss_nothing_if_it_does_not() {
      house.rules.state(channels -> {
        change();
        InitialEvents told = read();
        change();
        return told;
      });
      try (TwoClients clients = house.open(channels(state))) {
        change();
        clients.both(client -> {
          client.expectOpen();
          int told = number(client.next().data());
          int first = number(client.next().data());
          assertThat(first).isLessThanOrEqualTo(told + 1);
          for (int next = first + 1; next <= number; next++) {
            client.expectEvent("is " + next);
          }
        });
      }
    }

    /** It is asked again. */
    @Test
    void are_of_a_moment_without_change_if_there_is_one() {
      house.rules.state(channels -> {
        if (number % 3 != 2) {
          change();
        }
        return read();
      });
      try (TwoClients clients = house.open(channels(state))) {
        clients.expectOpen().expectEvent("is 2");
        change();
        clients.expectEvent("is 3").expectSame();
      }
    }

    private static int number(String data) {
      return Integer.parseInt(data.substring("is ".length()));
    }
  }

  @Test
  void may_be_of_an_earlier_position_from_which_the_stream_goes_on() {
    house.send(state, "1", "2", "3");
    house.rules.state(channels -> told("as of 1").at(StreamPosition.parse(state + ":1,another:7")));
    try (TwoClients clients = house.open(channels(state, unique("b")))) {
      clients
          .expectOpen()
          .expectEvent("as of 1")
          .expectEvent("2")
          .expectEvent("3")
          .expectSame();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {":0", ":3", ":2,.:other", "nonsense"})
  void of_a_position_that_cannot_be_are_a_fault_of_the_application(String position) {
    house.send(state, "1", "2");
    house.store().forget(state, 1);
    house.rules.state(channels -> told("a secret").at(StreamPosition.parse(state + position)));
    try (TwoClients clients = house.open(channels(state))) {
      clients.expectError("internal-error").expectEnd();
      assertThat(clients.body()).doesNotContain("secret", "position");
    }
  }

  private static InitialEvents told(String data) {
    return InitialEvents.of(new InitialEvent("state", data));
  }
}
