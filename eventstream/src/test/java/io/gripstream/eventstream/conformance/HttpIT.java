package io.gripstream.eventstream.conformance;

import static io.gripstream.eventstream.conformance.TwoDoors.channels;
import static io.gripstream.eventstream.conformance.TwoDoors.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.Cors;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods, headers, CORS, failures, keep-alives. */
@ClassTemplate
class HttpIT {
  @RegisterExtension
  static final TwoDoors house = new TwoDoors();

  private final String a = unique("a");

  @Test
  void a_stream_begins_with_headers_against_buffering_and_two_kilobytes_of_nothing() {
    try (TwoClients clients = house.open(channels(a))) {
      clients
          .expectOpen()
          .expectStatus(200)
          .expectHeader("Content-Type", "text/event-stream")
          .expectHeader("Cache-Control", "no-cache, no-store, private, no-transform")
          .expectHeader("X-Accel-Buffering", "no")
          .expectHeader("Access-Control-Allow-Origin", null)
          .expectHeader("Grip-Hold", null)
          .expectSame();
      assertThat(clients.body())
          .startsWith(":" + " ".repeat(2_048) + "\n\nevent: stream-open\nid: " + a + ":0,.:")
          .endsWith("\ndata:\n\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "text/event-stream", "*/*", "application/json"})
  void accept_is_not_looked_at(String accept) {
    try (TwoClients clients = house.open(channels(a), Map.of("Accept", accept))) {
      clients.expectOpen().expectSame();
    }
  }

  @Test
  void a_trailing_slash_makes_no_difference() {
    String[] paths = {"/events/?channel=" + a, "/events/" + a + "/", "/fixed/"};
    for (String path : paths) {
      try (TwoClients clients = house.open(path)) {
        clients.expectOpen();
        house.send(path.startsWith("/fixed") ? "fixed-a" : a, path);
        clients.expectEvent(path).expectSame();
      }
    }
  }

  @Test
  void head_tells_the_headers_and_holds_nothing() {
    try (TwoClients clients = house.request("HEAD", channels(a), Map.of())) {
      clients
          .expectStatus(200)
          .expectHeader("Content-Type", "text/event-stream")
          .expectHeader("Cache-Control", "no-cache, no-store, private, no-transform")
          .expectEnd()
          .expectSame();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "QUERY", "PUT", "PATCH", "DELETE"})
  void other_methods_are_refused(String method) {
    try (TwoClients clients = house.request(method, channels(a), Map.of("Content-Length", "0"))) {
      clients
          .expectStatus(405)
          .expectHeader("Allow", "GET, HEAD, OPTIONS")
          .expectEnd()
          .expectSame();
    }
  }

  @Test
  void options_without_an_origin_list_the_methods() {
    try (TwoClients clients = house.request("OPTIONS", channels(a), Map.of())) {
      clients
          .expectStatus(204)
          .expectHeader("Allow", "GET, HEAD, OPTIONS")
          .expectHeader("Access-Control-Allow-Origin", null);
    }
  }

  @Test
  void a_failure_of_the_application_is_an_error_that_tells_nothing_and_lets_the_client_return() {
    try (TwoClients clients = house.open(channels(unique("broken")))) {
      clients.expectStatus(200).expectError("internal-error").expectEnd().expectSame();
      assertThat(clients.body())
          .isEqualTo("event: stream-error\ndata: {\"condition\":\"internal-error\","
              + "\"text\":\"The server cannot serve this stream now.\"}\n\n")
          .doesNotContain(HouseRules.SECRET);
    }
  }

  @Test
  void silence_is_broken_by_keep_alives() {
    try (TwoClients clients = house.open("/beating" + channels(a))) {
      clients.expectOpen();
      clients.both(client -> {
        client.expectNothing(Duration.ofMillis(2_500));
        assertThat(new String(client.body(), StandardCharsets.UTF_8))
            .endsWith("data:\n\nevent: keep-alive\ndata:\n\n");
      });
      clients.expectSame();
    }
  }

  @Nested
  class Other_origins {
    private static final String ONE = "https://one.example";
    private final Map<String, String> fromOne = Map.of("Origin", ONE);
    private final Map<String, String> fromEvil = Map.of("Origin", "https://evil.example");

    @Test
    void get_no_headers_by_default() {
      try (TwoClients clients = house.open(channels(a), fromOne)) {
        clients
            .expectOpen()
            .expectHeader("Access-Control-Allow-Origin", null)
            .expectHeader("Vary", null)
            .expectSame();
      }
    }

    @Test
    void are_allowed_by_name() {
      try (TwoClients clients = house.open("/cors-list" + channels(a), fromOne)) {
        clients
            .expectOpen()
            .expectHeader("Access-Control-Allow-Origin", ONE)
            .expectHeader("Access-Control-Allow-Credentials", null)
            .expectHeader("Vary", "Origin")
            .expectSame();
      }
      for (Map<String, String> headers : Set.of(fromEvil, Map.<String, String>of())) {
        try (TwoClients clients = house.open("/cors-list" + channels(a), headers)) {
          clients
              .expectOpen()
              .expectHeader("Access-Control-Allow-Origin", null)
              .expectHeader("Vary", "Origin")
              .expectSame();
        }
      }
    }

    @Test
    void are_all_allowed_by_a_star() {
      try (TwoClients clients = house.open("/cors-any" + channels(a), fromEvil)) {
        clients
            .expectOpen()
            .expectHeader("Access-Control-Allow-Origin", "*")
            .expectHeader("Vary", null)
            .expectSame();
      }
    }

    @Test
    void are_allowed_with_cookies() {
      try (TwoClients clients = house.open("/cors-credentials" + channels(a), fromOne)) {
        clients
            .expectOpen()
            .expectHeader("Access-Control-Allow-Origin", ONE)
            .expectHeader("Access-Control-Allow-Credentials", "true")
            .expectSame();
      }
      try (TwoClients clients = house.open("/cors-credentials" + channels(a), fromEvil)) {
        clients
            .expectOpen()
            .expectHeader("Access-Control-Allow-Credentials", null)
            .expectSame();
      }
    }

    @Test
    void see_refusals_too() {
      try (TwoClients clients = house.open("/cors-list/events", fromOne)) {
        clients
            .expectError("bad-request")
            .expectHeader("Access-Control-Allow-Origin", ONE)
            .expectSame();
      }
    }

    @Test
    void ask_first() {
      Map<String, String> preflight = Map.of(
          "Origin", ONE,
          "Access-Control-Request-Method", "GET",
          "Access-Control-Request-Headers", "last-event-id, x-token");
      try (TwoClients clients =
          house.request("OPTIONS", "/cors-credentials" + channels(a), preflight)) {
        clients
            .expectStatus(204)
            .expectHeader("Access-Control-Allow-Origin", ONE)
            .expectHeader("Access-Control-Allow-Credentials", "true")
            .expectHeader("Access-Control-Allow-Methods", "GET, HEAD")
            .expectHeader("Access-Control-Allow-Headers", "Last-Event-ID, X-Token")
            .expectHeader("Vary", "Origin")
            .expectSame();
      }
      try (TwoClients clients = house.request(
          "OPTIONS",
          "/cors-credentials" + channels(a),
          Map.of("Origin", "https://evil.example", "Access-Control-Request-Method", "GET"))) {
        clients
            .expectHeader("Access-Control-Allow-Origin", null)
            .expectHeader("Access-Control-Allow-Headers", null)
            .expectSame();
      }
    }

    @Test
    void cannot_be_all_and_bring_cookies() {
      assertThatThrownBy(() -> Cors.of("*").withCredentials())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("allow_credentials");
    }
  }
}
