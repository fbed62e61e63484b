package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The section "Limits and values" of docs/differences-from-django-eventstream.md. */
class DifferencesTest {
  private final StreamServer server = StreamServer.start(config -> {});

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void values_are_sent_as_java_has_them() {
    try (StreamClient client = server.open("/events/a")) {
      client.expectOpen();
      server.events().send("a", "message", new BigDecimal("1.10"));
      client.expectEvent("1.10");
      server.events().send("a", "message", Duration.ofMinutes(1));
      client.expectEvent("\"PT1M\"");
      server.events().send("a", "message", "hello");
      client.expectEvent("hello");
      server.events().send("a", "message", new JsonText("hello"));
      client.expectEvent("\"hello\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/events/a%2Fb", "/events/a%2Fb/"})
  void escaped_slash_belongs_to_the_name_and_one_at_the_end_does_not(String path) {
    try (StreamClient client = server.open(path)) {
      client.expectOpen();
      server.events().send("a/b", "message", "x");
      client.expectEvent("x");
    }
  }

  @Test
  void earliest_is_all_that_is_stored() {
    server.events().send("a", "message", "x");
    try (StreamClient client = server.resume("/events/a", "earliest")) {
      client.expectOpen();
      client.expectEvent("x");
    }
  }

  @Test
  void name_of_28_chinese_characters_is_the_longest() {
    server.events().send("事".repeat(28), "message", "x");

    assertThatThrownBy(() -> server.events().send("事".repeat(29), "message", "x"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> server.events().send(".", "message", "x"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> server.events().send("a", "t".repeat(256), "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
