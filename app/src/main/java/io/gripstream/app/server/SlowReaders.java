package io.gripstream.app.server;

import io.gripstream.grip.internal.Threads;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Cuts answers with too slow readers: each keeps a thread and its bytes. Streams have their own
 * rules. Over HTTP/1.1 the connection is closed, over HTTP/2 the request's stream. Thread-safe.
 */
final class SlowReaders implements HttpConfiguration.Customizer, AutoCloseable {
  /** Progress is measured over this time, because the kernel accepts bytes in bursts. */
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(20);

  private static final int BYTES_PER_WINDOW = 20_000;

  /** An answer that waits longer waits for its reader. */
  private static final long WAITING_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Maximum number of waiting answers; there are 250 threads. */
  private static final int MOST = 64;

  private static final long MOST_BYTES = 64_000_000;

  /** The divisor of the memory for their bytes. */
  private static final int MEMORY_PART = 8;

  private final long mostBytes =
      Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / MEMORY_PART);
  private final LongSupplier nanoTime;
  private final Set<Sending> sendings = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer = Threads.loop("gripstream-slow-readers");

  SlowReaders(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Begins to check each second. */
  SlowReaders start() {
    timer.scheduleWithFixedDelay(this::check, 1, 1, TimeUnit.SECONDS);
    return this;
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    request.addHttpStreamWrapper(stream -> new Answer(stream, request));
    return request;
  }

  /** Cuts what is read too slowly. One thread at a time. */
  void check() {
    long now = nanoTime.getAsLong();
    for (Sending sending : sendings) {
      if (sending.isTooSlow(now)) {
        sending.cut();
      }
    }
    List<Sending> waiting = sendings.stream()
        .filter(sending -> now - sending.begun >= WAITING_NANOS)
        .sorted(Comparator.comparingLong(sending -> sending.begun))
        .toList();
    int count = waiting.size();
    long bytes = waiting.stream().mapToLong(Sending::left).sum();
    for (Sending oldest : waiting) {
      if (count <= MOST && bytes <= mostBytes) {
        return;
      }
      count--;
      bytes -= oldest.left();
      oldest.cut();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /** The progress of one answer. */
  private final class Answer extends HttpStream.Wrapper {
    private final Request request;
    private boolean isEventStream;

    Answer(HttpStream stream, Request request) {
      super(stream);
      this.request = request;
    }

    @Override
    public void send(
        MetaData.Request asked,
        MetaData.@Nullable Response response,
        boolean last,
        @Nullable ByteBuffer content,
        Callback callback) {
      if (response != null) {
        String type = response.getHttpFields().get(HttpHeader.CONTENT_TYPE);
        isEventStream = type != null && type.startsWith("text/event-stream");
      }
      if (isEventStream || content == null || !content.hasRemaining()) {
        super.send(asked, response, last, content, callback);
        return;
      }
      Sending sending = new Sending(this, content, nanoTime.getAsLong());
      sendings.add(sending);
      super.send(asked, response, last, content, new Callback.Nested(callback) {
        @Override
        public void succeeded() {
          sendings.remove(sending);
          super.succeeded();
        }

        @Override
        public void failed(Throwable failure) {
          sendings.remove(sending);
          super.failed(failure);
        }
      });
    }

    void cut() {
      TimeoutException slow = new TimeoutException("the answer is read too slowly");
      if (request.getConnectionMetaData().getHttpVersion().getVersion()
          <= HttpVersion.HTTP_1_1.getVersion()) {
        request.getConnectionMetaData().getConnection().getEndPoint().close(slow);
      } else {
        getWrapped().failed(slow);
      }
    }
  }

  /** A piece that is being written. */
  private static final class Sending {
    private final Answer answer;
    private final ByteBuffer content;
    private final long begun;

    // Touched by the checks only.
    private long since;
    private int before;

    Sending(Answer answer, ByteBuffer content, long begun) {
      this.answer = answer;
      this.content = content;
      this.begun = begun;
      this.since = begun;
      this.before = content.remaining();
    }

    int left() {
      return content.remaining();
    }

    boolean isTooSlow(long now) {
      if (now - since < WINDOW_NANOS) {
        return false;
      }
      int left = left();
      boolean isTooSlow = before - left < BYTES_PER_WINDOW;
      since = now;
      before = left;
      return isTooSlow;
    }

    void cut() {
      answer.cut();
    }
  }
}
