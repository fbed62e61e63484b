package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.internal.feed.History;
import io.gripstream.eventstream.internal.feed.Replay;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.sse.FrameWriter;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.grip.internal.Seldom;
import io.gripstream.grip.internal.Threads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads history for streams, on threads that may wait for storage. At most one page per stream is
 * requested or held, so the queue is at most as long as the number of streams. Thread-safe.
 */
final class Replays implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Replays.class);
  private static final long IDLE_SECONDS = 10;

  private final History history;
  private final int pageBytes;
  private final ExecutorService readers;
  private final Seldom seldom;

  Replays(History history, DirectSettings settings) {
    DirectOptions options = settings.options();
    this.history = history;
    this.pageBytes = options.replayPageBytes();
    this.seldom = new Seldom(settings.nanoTime());
    readers = Threads.pool(
        "gripstream-replay-",
        options.replayThreads(),
        options.replayThreads(),
        IDLE_SECONDS,
        new LinkedBlockingQueue<>());
  }

  /**
   * Reads one page, and calls one of the two functions on a thread of this class: they must not
   * block.
   *
   * @param unbroken as in {@link History#read}
   */
  void read(
      Subscription subscription,
      Position from,
      Position unbroken,
      Position upTo,
      Consumer<Replay> then,
      Consumer<Throwable> onFailure) {
    try {
      readers.execute(() -> {
        try {
          then.accept(
              history.read(subscription, from, unbroken, upTo, pageBytes, new FrameWriter()));
        } catch (Throwable e) {
          // Without this, the stream would wait forever.
          onFailure.accept(e);
          log(e);
        }
      });
    } catch (RejectedExecutionException closed) {
      LOG.debug("Direct streams are closed; dropped a read");
    }
  }

  /** When storage does not answer, all streams report it at once: one line a second is enough. */
  private void log(Throwable e) {
    if (e instanceof Error) {
      Threads.met(e);
    }
    seldom.perhaps(leftOut -> LOG.warn(
        "Cannot read history; streams that need it end: {}{}",
        e.getMessage(),
        Seldom.more(leftOut)));
  }

  @Override
  public void close() {
    readers.shutdownNow();
  }
}
