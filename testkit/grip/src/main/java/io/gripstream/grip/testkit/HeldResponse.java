package io.gripstream.grip.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP client that reads an answer while it arrives, for streams and long-polling. Each wait has
 * a deadline of 20 s and then fails with an {@link AssertionError} that shows the bytes so far.
 */
public final class HeldResponse implements AutoCloseable {

  private static final long WAIT_SECONDS = 20;

  private static final OkHttpClient HTTP = new OkHttpClient.Builder()
      .followRedirects(false)
      .readTimeout(Duration.ZERO)
      .retryOnConnectionFailure(false)
      // Each is its own client: a shared connection may be closing just now.
      .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
      .build();

  private final Call call;
  private final CompletableFuture<Response> head = new CompletableFuture<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private boolean isEnded;
  private @Nullable IOException broken;

  private HeldResponse(Request request) {
    call = HTTP.newCall(request);
    var reader = new Thread(this::read, "held-response " + request.url().encodedPath());
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Sends a {@code GET}.
   *
   * @param headers names and values in turn
   */
  public static HeldResponse get(URI uri, String... headers) {
    var request = new Request.Builder().url(uri.toString());
    for (int i = 0; i < headers.length; i += 2) {
      request.addHeader(headers[i], headers[i + 1]);
    }
    return new HeldResponse(request.build());
  }

  private void read() {
    try (Response response = call.execute();
        InputStream in = response.body().byteStream()) {
      head.complete(response);
      byte[] buffer = new byte[8_192];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        append(buffer, count);
      }
      end(null);
    } catch (IOException e) {
      head.completeExceptionally(e);
      end(e);
    }
  }

  private void append(byte[] bytes, int count) {
    lock.lock();
    try {
      body.write(bytes, 0, count);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end(@Nullable IOException cause) {
    lock.lock();
    try {
      isEnded = true;
      broken = cause;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Response head() {
    try {
      return head.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("no answer to " + call.request().url(), e);
    }
  }

  /** The status, as soon as it has arrived. */
  public int status() {
    return head().code();
  }

  /** A header of the answer, or null. */
  public @Nullable String header(String name) {
    return head().header(name);
  }

  /** The bytes so far. */
  public byte[] bytes() {
    lock.lock();
    try {
      return body.toByteArray();
    } finally {
      lock.unlock();
    }
  }

  /** The bytes so far, as UTF-8. */
  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** Waits until exactly this has arrived. */
  public HeldResponse awaitText(String expected) {
    await("\"" + expected + "\"", bytes -> text().equals(expected));
    return this;
  }

  /** Waits until the bytes so far contain this. */
  public HeldResponse awaitContaining(String expected) {
    await("something with \"" + expected + "\"", bytes -> text().contains(expected));
    return this;
  }

  /** Waits until this number of bytes has arrived. */
  public byte[] awaitBytes(int count) {
    await(count + " bytes", bytes -> bytes.length >= count);
    return bytes();
  }

  /**
   * Waits until this number of bytes has arrived or the connection breaks; returns whether they
   * arrived. Pushpin 1.36 on a busy machine sometimes breaks a connection that it has just begun to
   * hold.
   */
  public boolean awaitBytesOrBreak(int count) {
    await(count + " bytes or a break", bytes -> bytes.length >= count || broken != null);
    return bytes().length >= count;
  }

  /** Waits until the server ends the answer, and returns all of it. */
  public String awaitEnd() {
    await("the end", bytes -> isEnded);
    return text();
  }

  private void await(String what, Predicate<byte[]> condition) {
    long left = TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    lock.lock();
    try {
      while (!condition.test(body.toByteArray())) {
        if (left <= 0 || (isEnded && !what.equals("the end"))) {
          throw new AssertionError(
              "expected %s of %s, have%s \"%s\""
                  .formatted(what, call.request().url(), isEnded ? " at the end" : "", text()),
              broken);
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  /** Closes the connection, as a leaving client does. */
  @Override
  public void close() {
    call.cancel();
  }
}
