package io.gripstream.app.server;

import io.gripstream.app.config.Secret;
import io.gripstream.eventstream.EventStream;
import io.gripstream.grip.internal.NoAnswer;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether a stream works through an address, seen from outside: it opens, and an event comes
 * back.
 */
public final class Readiness {
  private static final Duration ATTEMPT = Duration.ofSeconds(2);
  private static final Duration LATE = Duration.ofSeconds(3);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final EventStream events;
  private final String url;
  private final Secret ownKey;

  Readiness(EventStream events, String url, Secret ownKey) {
    this.events = events;
    this.url = url;
    this.ownKey = ownKey;
  }

  /**
   * Tries until it works. Blocks.
   *
   * @param late called once, after a few seconds, with the current problem
   * @return null if it works; else, after that time, the last problem
   */
  public @Nullable String await(Duration atMost, Consumer<String> late)
      throws InterruptedException {
    HttpUrl base = HttpUrl.parse(url);
    if (base == null) {
      return "\"" + url + "\" is not an address with http:// or https://";
    }
    Request request = new Request.Builder()
        .url(base.newBuilder()
            .addPathSegment("events")
            .addQueryParameter("channel", AppChannels.PROBE)
            .build())
        .header("X-API-Key", ownKey.value())
        .build();
    OkHttpClient client =
        new OkHttpClient.Builder().followRedirects(false).callTimeout(ATTEMPT).build();
    long begin = System.nanoTime();
    boolean isTold = false;
    String problem;
    try {
      do {
        problem = attempt(client, request);
        if (problem == null) {
          return null;
        }
        if (!isTold && System.nanoTime() - begin >= LATE.toNanos()) {
          late.accept(problem);
          isTold = true;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
      } while (System.nanoTime() - begin < atMost.toNanos());
      return problem;
    } finally {
      client.dispatcher().executorService().shutdown();
      client.connectionPool().evictAll();
    }
  }

  private @Nullable String attempt(OkHttpClient client, Request request)
      throws InterruptedException {
    String expected = Long.toHexString(System.nanoTime());
    BlockingQueue<String> news = new ArrayBlockingQueue<>(100);
    EventSource source =
        EventSources.createFactory(client).newEventSource(request, new Recorder(news));
    try {
      String first = news.poll(ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
      if (!"stream-open".equals(first)) {
        return first == null ? "no stream was opened" : first;
      }
      events.send(AppChannels.PROBE, "probe", expected);
      String next;
      do {
        // Other instances send their own probes.
        next = news.poll(ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
      } while (next != null && !next.equals("probe " + expected));
      return next == null ? "an event was sent and did not come back" : null;
    } finally {
      source.cancel();
    }
  }

  private static String problem(@Nullable Throwable failure) {
    return failure == null ? "the connection broke" : NoAnswer.reason(failure);
  }

  /** Records events up to its capacity. */
  private static final class Recorder extends EventSourceListener {
    private final BlockingQueue<String> news;

    Recorder(BlockingQueue<String> news) {
      this.news = news;
    }

    @Override
    public void onEvent(
        EventSource source, @Nullable String id, @Nullable String type, String data) {
      news.offer("probe".equals(type) ? "probe " + data : String.valueOf(type));
    }

    @Override
    public void onFailure(
        EventSource source, @Nullable Throwable failure, @Nullable Response response) {
      news.offer(response != null ? "it answers " + response.code() : problem(failure));
    }
  }
}
