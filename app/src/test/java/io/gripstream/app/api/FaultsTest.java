package io.gripstream.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.LogOf;
import io.gripstream.app.cli.LastWordTest;
import io.gripstream.app.server.TestServer;
import io.gripstream.app.server.TestServer.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/** A fault of the server is answered and logged as such, not as the client's. */
class FaultsTest {
  private static final String EVENT = "{\"channel\":\"a\",\"data\":1}";

  private final FailingTime time = new FailingTime();

  @Test
  void argument_that_the_server_itself_gets_wrong_is_500_and_logged() {
    try (TestServer server = start(time);
        LogOf log = new LogOf(Failures.class)) {
      time.failNext(new IllegalArgumentException("a mistake of the server"));
      Answer answer = server.post("/api/publish", EVENT);

      assertThat(answer.error())
          .isEqualTo("500 internal_error: internal error; see the server's log");
      assertThat(answer.headers()).doesNotContainKey("retry-after");
      // Requests to the server of an earlier test may fail meanwhile, on other threads.
      assertThat(log.linesOf(time.failedOn()))
          .containsExactly(
              "A request failed: java.lang.IllegalArgumentException: a mistake of the server");
    }
  }

  @Test
  void item_of_a_batch_gets_the_same_error_as_a_request() {
    try (TestServer server = start(time)) {
      time.failNext(new IllegalArgumentException("a mistake of the server"));
      String batch = "[" + EVENT + "," + EVENT + "]";

      assertThat(server.post("/api/batch", batch).json().at("/0/error/code").stringValue())
          .isEqualTo("internal_error");
    }
  }

  @Test
  void error_in_a_request_is_answered_with_one_sentence_and_ends_the_process() throws Exception {
    AtomicReference<String> answer = new AtomicReference<>();
    LastWordTest.Ended ended =
        LastWordTest.run(FailingServer.class, url -> answer.set(publishTo(url)));

    assertThat(answer.get())
        .isEqualTo("500 application/json {\"error\":{\"code\":\"internal_error\","
            + "\"message\":\"internal error, the server ends; see its log\"}}");
    assertThat(ended.exitCode()).isEqualTo(3);
    assertThat(ended.err())
        .endsWith("The server exits with code 3 and expects to be restarted:"
            + " java.lang.StackOverflowError: on purpose");
  }

  private static String publishTo(String url) {
    Request request = new Request.Builder()
        .url(url + "/api/publish")
        .header("X-API-Key", TestServer.MADE_KEY)
        .post(RequestBody.create(EVENT, MediaType.get("application/json")))
        .build();
    try (Response response = new OkHttpClient().newCall(request).execute()) {
      return response.code() + " " + response.header("Content-Type") + " "
          + response.body().string();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TestServer start(InstantSource time) {
    return TestServer.start(Map.of("DATABASE_URL", "none"), time.withZone(ZoneOffset.UTC));
  }

  /** Ends like a server that was started from the command line. */
  static final class FailingServer {
    private FailingServer() {}

    public static void main(String[] args) throws InterruptedException {
      LastWordTest.endWithLastWord();
      FailingTime time = new FailingTime();
      TestServer server = start(time);
      time.failNext(new StackOverflowError("on purpose"));
      System.out.println(server.url());
      // It ends by the fault; this only bounds the time in which nothing ends it.
      new CountDownLatch(1).await(60, TimeUnit.SECONDS);
    }
  }

  /** The system's clock, which fails once in a request on demand. */
  private static final class FailingTime implements InstantSource {
    private final AtomicReference<Throwable> next = new AtomicReference<>();
    private volatile long thread;

    /** The thread of the request that failed. */
    long failedOn() {
      return thread;
    }

    void failNext(Throwable failure) {
      next.set(failure);
    }

    @Override
    public Instant instant() {
      boolean isInRequest = !Thread.currentThread().getName().startsWith("gripstream-");
      Throwable failure = isInRequest ? next.getAndSet(null) : null;
      if (failure != null) {
        thread = Thread.currentThread().getId();
      }
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
      return Clock.systemUTC().instant();
    }
  }
}
