package io.gripstream.app.doctor;

import io.gripstream.grip.internal.NoAnswer;
import io.gripstream.grip.internal.Threads;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Watches a stream from outside: its head, its opening, its events. Reads bytes itself, because a
 * client library would hide the programs in between.
 */
final class Probe implements AutoCloseable {
  private static final int WAITING = 1_000;
  private static final String END = "end";

  private final Call call;
  private final Thread reader;
  private final BlockingQueue<News> news = new ArrayBlockingQueue<>(WAITING);
  private volatile @Nullable Head head;
  private volatile @Nullable String failure;
  private volatile boolean isUntrusted;

  private Probe(Call call) {
    this.call = call;
    this.reader = Threads.daemon("gripstream-doctor", this::read);
  }

  /** Opens the stream in the background, like a browser: with compression allowed. */
  static Probe open(Request.Builder request, Duration patience) {
    OkHttpClient client = new OkHttpClient.Builder()
        .followRedirects(false)
        .connectTimeout(patience)
        .readTimeout(Duration.ZERO)
        .build();
    Probe probe = new Probe(client.newCall(request
        .header("Accept", "text/event-stream")
        .header("Accept-Encoding", "gzip, deflate, br, zstd")
        .build()));
    probe.reader.start();
    return probe;
  }

  private void read() {
    try (Response response = call.execute()) {
      head = new Head(response.code(), response.headers(), Instant.now());
      tell("head", "");
      if (head.isCompressed() || !head.isStream()) {
        return;
      }
      BufferedSource source = response.body().source();
      String type = "";
      String data = "";
      String id = "";
      for (String line = source.readUtf8Line(); line != null; line = source.readUtf8Line()) {
        if (line.startsWith("event: ")) {
          type = line.substring("event: ".length());
        } else if (line.startsWith("data: ")) {
          data = line.substring("data: ".length());
        } else if (line.startsWith("id: ")) {
          id = line.substring("id: ".length());
        } else if (line.isEmpty() && !type.isEmpty()) {
          tell(type + " " + data, id);
          type = "";
          data = "";
          id = "";
        }
      }
      failure = "the stream ended";
    } catch (InterruptedIOException e) {
      failure = "timeout";
    } catch (IOException e) {
      isUntrusted = NoAnswer.isOfCertificate(e);
      failure = NoAnswer.reason(e);
    } finally {
      tell(END, "");
    }
  }

  /** The answer's head; null: none within that time, or at all, see {@link #failure}. */
  @Nullable
  Head head(Duration patience) throws InterruptedException {
    await("head", patience);
    return head;
  }

  /** Whether this arrives within that time: {@code TYPE DATA}, or the beginning of it. */
  boolean await(String beginning, Duration patience) throws InterruptedException {
    return next(beginning, patience) != null;
  }

  /**
   * Returns the next matching message within that time; null: none. Earlier messages are dropped.
   */
  @Nullable
  News next(String beginning, Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      News next = news.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null || next.text.equals(END)) {
        return null;
      }
      if (next.text.startsWith(beginning)) {
        return next;
      }
    }
  }

  private void tell(String text, String id) {
    news.offer(new News(text, id, System.nanoTime()));
  }

  /** Why the stream ended; null: it has not. */
  @Nullable
  String failure() {
    return failure;
  }

  /** Whether there is something, and Java does not trust its certificate. */
  boolean isUntrusted() {
    return isUntrusted;
  }

  @Override
  public void close() {
    call.cancel();
  }

  /**
   * A received event.
   *
   * @param text {@code TYPE DATA} of an event
   * @param id of an event; empty: none
   * @param at time, by {@link System#nanoTime}
   */
  record News(String text, String id, long at) {}

  /** The head of an answer. */
  record Head(int status, Headers headers, Instant at) {
    boolean isStream() {
      String type = headers.get("Content-Type");
      return status == 200 && type != null && type.startsWith("text/event-stream");
    }

    boolean isCompressed() {
      String encoding = headers.get("Content-Encoding");
      return encoding != null && !encoding.equals("identity");
    }
  }
}
