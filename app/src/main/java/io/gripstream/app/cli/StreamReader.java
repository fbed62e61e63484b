package io.gripstream.app.cli;

import io.gripstream.app.api.Json;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.grip.internal.NoAnswer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream for any time: after a cut it opens it again with the position of the last event.
 * Used by one thread. Up to 1,000 events wait here, further ones in the connection.
 */
final class StreamReader implements AutoCloseable {
  /** The conditions after which a client must not return. */
  private static final Set<String> FINAL = Set.of("forbidden", "bad-request");

  /** Too slow, too early, too many: these pass. */
  private static final Set<Integer> PASSING = Set.of(408, 425, 429);

  private static final int MAX_QUEUED = 1_000;
  private static final Duration SILENCE = Duration.ofSeconds(60);
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;
  private static final long LONGEST_RETRY_AFTER_SECONDS = 3_600;

  private final OkHttpClient client =
      new OkHttpClient.Builder().readTimeout(SILENCE).followRedirects(false).build();
  private final BlockingQueue<Message> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final Remote remote;
  private final List<String> channels;
  private final Consumer<String> notes;
  private @Nullable EventSource source;
  private @Nullable String position;
  private boolean wasOpen;
  private long pause = FIRST_PAUSE_MILLIS;

  /** @param notes gets other messages, one line each */
  StreamReader(
      Remote remote, List<String> channels, @Nullable String position, Consumer<String> notes) {
    this.remote = remote;
    this.channels = channels;
    this.position = position;
    this.notes = notes;
  }

  /**
   * The next event. Blocks.
   *
   * @throws Failure if the server refuses the stream, or was never reached
   */
  Event next() throws InterruptedException {
    while (true) {
      if (source == null) {
        source = EventSources.createFactory(client).newEventSource(request(), new Listener());
      }
      Message message = queue.take();
      if (message instanceof End end) {
        ended(end);
        continue;
      }
      Event event = (Event) message;
      if (event.id() != null) {
        position = event.id();
      }
      switch (event.type()) {
        case "stream-open" -> opened();
        case "stream-reset" ->
          notes.accept(
              "gripstream: events are missing, history does not reach back: " + event.data());
        case "stream-error" -> refused(event.data());
        case "keep-alive" -> {}
        default -> {
          return event;
        }
      }
    }
  }

  private Request request() {
    Request.Builder request = remote.request(remote.events(channels));
    if (position != null) {
      request.header("Last-Event-ID", position);
    }
    return request.build();
  }

  private void opened() {
    if (wasOpen) {
      notes.accept("gripstream: connected again");
    }
    wasOpen = true;
    pause = FIRST_PAUSE_MILLIS;
  }

  private static void refused(String data) {
    if (FINAL.contains(condition(data))) {
      throw new Failure("the server refuses the stream: " + data);
    }
  }

  private static String condition(String data) {
    try {
      return Json.parse(data.getBytes(StandardCharsets.UTF_8)).path("condition").asString("");
    } catch (InvalidValueException notOfThisServer) {
      return "";
    }
  }

  private void ended(End end) throws InterruptedException {
    source = null;
    boolean isPassing = PASSING.contains(end.status());
    if (end.status() >= 400 && end.status() < 500 && !isPassing) {
      throw new Failure(remote.base() + " answers " + end.status()
          + (end.status() == 401 ? ": a token is needed, or another one (GRIPSTREAM_TOKEN)" : ""));
    }
    if (!wasOpen && !isPassing) {
      throw new Failure("no stream at " + remote.base() + ": " + end.reason()
          + ". Is the server running? (--url)");
    }
    if (pause == FIRST_PAUSE_MILLIS) {
      notes.accept("gripstream: " + (wasOpen ? "cut off" : "no stream yet") + " (" + end.reason()
          + "), trying again");
    }
    TimeUnit.MILLISECONDS.sleep(Math.max(pause, TimeUnit.SECONDS.toMillis(end.retryAfter()))
        + ThreadLocalRandom.current().nextLong(pause));
    pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
  }

  @Override
  public void close() {
    if (source != null) {
      source.cancel();
    }
    client.dispatcher().executorService().shutdownNow();
    client.connectionPool().evictAll();
  }

  /** A message from the stream. */
  sealed interface Message permits Event, End {}

  /** @param id the position, if the event has one */
  record Event(@Nullable String id, String type, String data) implements Message {}

  /**
   * The stream is over.
   *
   * @param status of the answer, 0 if there was none
   * @param retryAfter seconds for which the server asks to stay away
   */
  private record End(int status, String reason, long retryAfter) implements Message {
    End(String reason) {
      this(0, reason, 0);
    }
  }

  private final class Listener extends EventSourceListener {
    @Override
    public void onEvent(EventSource from, @Nullable String id, @Nullable String type, String data) {
      put(new Event(id, type == null ? "message" : type, data));
    }

    @Override
    public void onClosed(EventSource from) {
      put(new End("the stream ended"));
    }

    @Override
    public void onFailure(
        EventSource from, @Nullable Throwable failure, @Nullable Response response) {
      put(
          response != null && response.code() != 200
              ? new End(response.code(), "it answers " + response.code(), retryAfter(response))
              : new End(failure == null ? "the stream ended" : NoAnswer.reason(failure)));
    }

    private static long retryAfter(Response response) {
      String seconds = response.header("Retry-After", "0");
      return seconds.matches("\\d{1,9}")
          ? Math.min(Long.parseLong(seconds), LONGEST_RETRY_AFTER_SECONDS)
          : 0;
    }

    private void put(Message message) {
      try {
        queue.put(message);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
