package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.gripstream.app.server.TestServer;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tail} against servers that come and go. */
class TailTest {
  private static final String KEY = "3f9a8b7c6d5e4f3a2b1c";

  @TempDir
  Path directory;

  private final String url = "http://127.0.0.1:" + Ports.free(1).get(0);

  @Test
  void after_a_cut_it_continues_at_its_position() throws Exception {
    CompletableFuture<CommandLineRun> tail;
    try (TestServer server = TestServer.start(environment())) {
      publish("one");
      tail = CompletableFuture.supplyAsync(
          () -> tail("--since", "earliest", "--count", "3"), task -> new Thread(task).start());
      Eventually.eventually(() ->
          assertThat(server.get("/api/channels", "X-API-Key", KEY).body()).contains("\"news\":1"));
    }
    publish("two, while nobody serves");
    try (TestServer again = TestServer.start(environment())) {
      assertThat(again.url()).isEqualTo(url);
      publish("three");
      CommandLineRun run = tail.get(60, TimeUnit.SECONDS);

      assertThat(run.out().lines())
          .containsExactly("message\tone", "message\ttwo, while nobody serves", "message\tthree");
      assertThat(run.err().lines())
          .hasSize(2)
          .first()
          .asString()
          .startsWith("gripstream: cut off (")
          .endsWith("), trying again");
      assertThat(run.err().lines()).last().isEqualTo("gripstream: connected again");
      assertThat(run.code()).isZero();
    }
  }

  @Test
  void its_output_cannot_command_the_terminal() {
    try (TestServer server = TestServer.start(environment())) {
      assertThat(server.url()).isEqualTo(url);
      publish("\033]0;owned\007\u202e\ttab");

      assertThat(tail("--since", "0", "--count", "1").out().strip())
          .isEqualTo("message\t\ufffd]0;owned\ufffd\ufffd\ufffdtab");
    }
  }

  @Test
  void without_a_server_or_a_right_to_read_it_says_so_and_ends() {
    assertThat(tail("--count", "1").err())
        .startsWith("gripstream: no stream at " + url)
        .endsWith(". Is the server running? (--url)" + System.lineSeparator());
    Map<String, String> environment = environment();
    environment.put("GRIPSTREAM_CHANNEL_RULES", "[{channels: '*', anonymous: false}]");
    try (TestServer server = TestServer.start(environment)) {
      CommandLineRun run = CommandLineRun.of(environment, "tail", "news", "--url", server.url());

      assertThat(run.err())
          .isEqualToIgnoringNewLines("gripstream: " + url
              + "/ answers 401: a token is needed, or another one (GRIPSTREAM_TOKEN)");
      assertThat(run.code()).isEqualTo(1);
    }
  }

  @Test
  void it_ends_for_a_condition_that_is_final_and_for_no_word_elsewhere() throws IOException {
    Queue<String> streams = new ConcurrentLinkedQueue<>(List.of(
        "event: stream-open\ndata:\n\n"
            + "event: stream-error\ndata: {\"condition\":\"slow\",\"text\":\"bad-request\"}\n\n",
        "event: stream-open\ndata:\n\ndata: one\n\n"
            + "event: stream-error\ndata: {\"condition\" : \"forbidden\"}\n\n"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), 0);
    server.createContext("/events", exchange -> {
      exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
      byte[] body = streams.remove().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
    try {
      CommandLineRun run = tail();

      assertThat(run.out().strip()).isEqualTo("message\tone");
      assertThat(run.err())
          .endsWith("gripstream: the server refuses the stream: {\"condition\" : \"forbidden\"}"
              + System.lineSeparator());
      assertThat(run.code()).isEqualTo(1);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void it_returns_after_an_answer_that_passes_when_the_server_says_so() throws IOException {
    Queue<Integer> refusals = new ConcurrentLinkedQueue<>(List.of(429, 408, 425));
    Queue<Long> asked = new ConcurrentLinkedQueue<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), 0);
    server.createContext("/events", exchange -> {
      asked.add(System.nanoTime());
      Integer refusal = refusals.poll();
      exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
      exchange.getResponseHeaders().add("Retry-After", refusal == null ? "x" : "2");
      byte[] body = (refusal != null
              ? ""
              : "data: one\n\nevent: stream-error\ndata: {\"condition\":\"forbidden\"}\n\n")
          .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(
          refusal == null ? 200 : refusal, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
    try {
      CommandLineRun run = tail();

      assertThat(run.out().strip()).isEqualTo("message\tone");
      assertThat(run.err().lines())
          .first()
          .isEqualTo("gripstream: no stream yet (it answers 429), trying again");
      List<Long> times = List.copyOf(asked);
      assertThat(times).hasSize(4);
      for (int i = 1; i < times.size(); i++) {
        assertThat(times.get(i) - times.get(i - 1)).isGreaterThanOrEqualTo(2_000_000_000L);
      }
    } finally {
      server.stop(0);
    }
  }

  private int port() {
    return Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
  }

  private CommandLineRun tail(String... options) {
    String[] all = new String[options.length + 4];
    all[0] = "tail";
    all[1] = "news";
    all[2] = "--url";
    all[3] = url;
    System.arraycopy(options, 0, all, 4, options.length);
    return CommandLineRun.of(environment(), all);
  }

  private void publish(String data) {
    assertThat(CommandLineRun.of(environment(), "publish", "-q", "news", data).code())
        .isZero();
  }

  private Map<String, String> environment() {
    return new HashMap<>(Map.of(
        "DATABASE_URL",
        "jdbc:sqlite:" + directory.resolve("events.db"),
        "PORT",
        Integer.toString(port()),
        "GRIPSTREAM_API_KEYS",
        KEY));
  }
}
