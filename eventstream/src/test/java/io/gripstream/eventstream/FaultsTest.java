package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.testkit.CuttableLine;
import io.gripstream.eventstream.testkit.FaultyStore;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.testtools.Logged;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams during faults; users can inject the same faults. */
class FaultsTest {
  private final StreamServer server = StreamServer.start(config -> config.expiry(request ->
      request.header("X-Until") == null ? null : Instant.parse(request.header("X-Until"))));

  @AfterEach
  void stop() {
    server.close();
  }

  static Stream<Consumer<FaultyStore>> faults() {
    return Stream.of(
        FaultyStore::dropChanges,
        store -> store.delayChanges(Duration.ofMillis(300)),
        FaultyStore::duplicateChanges);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void changes_reported_late_twice_or_not_at_all_arrive_once_and_in_order(
      Consumer<FaultyStore> fault) {
    try (StreamClient client = server.open("/events?channel=a&channel=b")) {
      client.expectOpen();
      fault.accept(server.store());
      List<String> ofA = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        server.events().send("a", "message", "a" + i);
        ofA.add("a" + i);
      }
      client.expectEvents(ofA);
      server.store().recover();
      server.events().send("b", "message", "b");
      client.expectEvent("b");
      client.expectNothing(Duration.ofMillis(400));
    }
  }

  @Test
  void stream_whose_reader_meets_an_error_ends_so_that_its_client_comes_back() {
    for (int i = 0; i < 3; i++) {
      server.events().send("a", "message", "e" + i);
    }
    try (StreamClient client = server.open("/events/a?lastEventId=earliest")) {
      client.expectOpen().expectEvents(List.of("e0", "e1", "e2"));
      server.store().breakReads();
      try (StreamClient late = server.open("/events/a?lastEventId=earliest")) {
        late.expectOpen();
        assertThat(late.expectError("internal-error").id()).isNull();
      }
      server.store().recover();
      server.events().send("a", "message", "live");
      client.expectEvent("live");
    }
  }

  @Test
  void an_event_that_storage_refuses_is_not_sent_and_the_caller_gets_the_exception() {
    try (StreamClient client = server.open("/events/a")) {
      client.expectOpen();
      server.store().refuseAppends(StoreException.Kind.UNAVAILABLE);

      assertThatThrownBy(() -> server.events().send("a", "message", "lost"))
          .isInstanceOf(StoreException.class)
          .extracting(failure -> ((StoreException) failure).kind())
          .isEqualTo(StoreException.Kind.UNAVAILABLE);
      assertThat(server.events().checkStorage()).isInstanceOf(StoreHealth.Failed.class);

      server.store().recover();
      server.events().send("a", "message", "stored");
      assertThat(client.expectEvent("stored").id()).startsWith("a:1,");
    }
  }

  @Test
  void a_storage_that_does_not_answer_is_logged_once_per_refused_request() throws IOException {
    server.store().refuseReads(StoreException.Kind.UNAVAILABLE);

    String log = Logged.during(() -> {
      try (StreamClient client = server.open("/events/a")) {
        client.expectError("internal-error");
      }
    });

    assertThat(log.lines().filter(line -> line.contains("A stream request")))
        .singleElement()
        .asString()
        .contains("WARN", "storage");
  }

  @Test
  void a_client_whose_history_is_gone_is_reset() {
    server.events().send("a", "message", "old");
    server.events().send("a", "message", "new");
    server.store().forget("a", 1);

    try (StreamClient client = server.resume("/events/a", "a:0")) {
      client.expectOpen();
      assertThat(client.expectReset().data()).contains("expired");
    }
  }

  @Test
  void a_client_that_was_cut_resumes() {
    try (CuttableLine line = CuttableLine.to(server.port())) {
      String position;
      try (StreamClient client = StreamClient.open(line.through(server.uri("/events/a")))) {
        client.expectOpen();
        line.takeDown();
        client.expectEnd();
        position = client.lastId();
      }
      server.events().send("a", "message", "missed");
      line.mend();
      try (StreamClient client =
          StreamClient.resume(line.through(server.uri("/events/a")), position)) {
        client.expectOpen().expectEvent("missed");
      }
    }
  }

  @Test
  void a_right_that_ends_while_the_clock_moves_ends_the_stream() {
    Instant until = server.clock().instant().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
    Map<String, String> headers = Map.of("X-Until", until.toString());
    try (StreamClient client = StreamClient.open(server.uri("/events/a"), headers)) {
      client.expectOpen();
      server.clock().advance(Duration.ofMinutes(59));
      server.events().send("a", "message", "still");
      client.expectEvent("still");
      server.clock().advance(Duration.ofMinutes(2));
      client.expectError("token-expired");
      client.expectEnd();
    }
  }
}
