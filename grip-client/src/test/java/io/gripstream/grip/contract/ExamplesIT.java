package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.HeldResponse;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the README, against real Pushpin. */
class ExamplesIT {

  @TempDir
  private Path classes;

  @Test
  void quick_start() throws Exception {
    try (ExamplePrograms program = ExamplePrograms.start("QuickStart", classes, "");
        HeldResponse client = HeldResponse.get(program.uri("/stream"))) {
      client.awaitText("[open]\n");
      program.awaitSubscribed("news");

      assertThat(ExamplePrograms.post(program.uri("/"), "hällo")).isEqualTo("Published\n");

      client.awaitText("[open]\nhällo\n");
    }
  }

  @Test
  void http_streaming() throws Exception {
    try (ExamplePrograms program = ExamplePrograms.start("HttpStreaming", classes, "");
        HeldResponse client = HeldResponse.get(program.uri("/stream"))) {
      client.awaitText("[stream open]\n");
      program.awaitSubscribed("news");

      assertThat(ExamplePrograms.post(program.origin("/publish"), "hällo"))
          .isEqualTo("Published\n");

      client.awaitText("[stream open]\nhällo\n");
    }
  }

  @Test
  void long_polling_with_etag() throws Exception {
    try (ExamplePrograms program = ExamplePrograms.start("LongPolling", classes, "")) {
      HeldResponse first = HeldResponse.get(program.uri("/value"));
      assertThat(first.awaitEnd()).isEqualTo("first");
      assertThat(first.header("ETag")).isEqualTo("\"1\"");

      try (HeldResponse held = HeldResponse.get(program.uri("/value"), "If-None-Match", "\"1\"")) {
        program.awaitSubscribed("value");
        assertThat(ExamplePrograms.post(program.uri("/value"), "second")).isEqualTo("\"2\"\n");
        assertThat(held.awaitEnd()).isEqualTo("second");
        assertThat(held.status()).isEqualTo(200);
        assertThat(held.header("ETag")).isEqualTo("\"2\"");
      }

      try (HeldResponse idle = HeldResponse.get(program.uri("/value"), "If-None-Match", "\"2\"")) {
        assertThat(idle.awaitEnd()).isEmpty();
        assertThat(idle.status()).isEqualTo(304);
        assertThat(idle.header("ETag")).isEqualTo("\"2\"");
        assertThat(idle.header("Grip-Status")).isNull();
      }

      // Without the proxy no program waits.
      assertThat(HeldResponse.get(program.origin("/value"), "If-None-Match", "\"2\"")
              .status())
          .isEqualTo(304);
    }
  }

  @Test
  void websocket_echo_with_broadcast() throws Exception {
    try (ExamplePrograms program = ExamplePrograms.start("EchoRoom", classes, ",over_http")) {
      var received = new LinkedBlockingQueue<String>();
      // Not Java's own client: it sends Content-Length: 0, which Pushpin 1.36 turns into an empty
      // message of its own.
      WebSocket socket = new OkHttpClient()
          .newWebSocket(
              new Request.Builder().url(program.uri("/room").toString()).build(),
              new Recorder(received));
      program.awaitSubscribed("room");

      socket.send("hällo");
      assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("echo: hällo");
      socket.send("");
      assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("echo: ");
      ExamplePrograms.post(program.origin("/broadcast"), "to all");
      assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("to all");
      socket.close(1000, "bye");
      assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("closed 1000 bye");
    }
  }

  /** Text messages, and the close. */
  private static final class Recorder extends WebSocketListener {
    private final BlockingQueue<String> received;

    Recorder(BlockingQueue<String> received) {
      this.received = received;
    }

    @Override
    public void onMessage(WebSocket socket, String text) {
      received.add(text);
    }

    @Override
    public void onClosed(WebSocket socket, int code, String reason) {
      received.add("closed " + code + " " + reason);
    }

    @Override
    public void onFailure(WebSocket socket, Throwable cause, @Nullable Response response) {
      received.add("failed " + cause);
    }
  }
}
