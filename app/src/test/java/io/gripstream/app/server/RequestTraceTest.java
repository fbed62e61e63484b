package io.gripstream.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestTraceTest {
  private static final String ADMIN = "3f9a8b7c6d5e4f3a2b1c";
  private static final String READER = "a1b2c3d4e5f6a7b8c9d0";

  @TempDir
  Path directory;

  @Test
  void an_administrator_sees_how_a_request_arrived() {
    try (TestServer server = start()) {
      RequestTrace seen = seen(server, ADMIN, RequestTrace.ASK, "1").orElseThrow();

      assertThat(seen.path()).isEqualTo("/events");
      assertThat(seen.forwardedFor()).containsExactly("192.0.2.77", "10.0.0.1");
      assertThat(seen.features()).containsExactly("status", "link:gone");
      assertThat(seen.channels()).singleElement().asString().contains("-a; prev-id=0");
    }
  }

  @Test
  void other_processes_do_not() {
    try (TestServer server = start()) {
      assertThat(seen(server, READER, RequestTrace.ASK, "1")).isEmpty();
      assertThat(seen(server, ADMIN, "X-Other", "1")).isEmpty();
    }
  }

  @Test
  void another_header_is_ignored() {
    assertThat(RequestTrace.read(null)).isEmpty();
    assertThat(RequestTrace.read("{\"path\":")).isEmpty();
    assertThat(RequestTrace.read("{\"path\":1,\"features\":\"x\"}"))
        .contains(new RequestTrace("1", List.of(), List.of(), List.of()));
  }

  private static Optional<RequestTrace> seen(
      TestServer server, String key, String name, String value) {
    TestServer.Answer answer = server.get(
        "/events?channel=a",
        "X-API-Key",
        key,
        name,
        value,
        "X-Forwarded-For",
        "192.0.2.77, 10.0.0.1",
        // Believed from this machine: no key is configured.
        "Grip-Sig",
        "x",
        "Grip-Feature",
        "status, link:gone");
    assertThat(answer.status()).isEqualTo(200);
    List<String> told =
        answer.headers().get(RequestTrace.header().toLowerCase(java.util.Locale.ROOT));
    return RequestTrace.read(told == null ? null : told.get(0));
  }

  private TestServer start() {
    return TestServer.start(Map.of(
        "DATABASE_URL",
        "jdbc:sqlite:" + directory.resolve("events.db"),
        "GRIP_URL",
        "http://127.0.0.1:1/",
        "GRIPSTREAM_API_KEYS",
        "[" + ADMIN + ", {key: " + READER + ", subscribe: [a]}]"));
  }
}
