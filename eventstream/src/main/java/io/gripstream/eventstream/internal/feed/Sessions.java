package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.SessionEnd;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.StreamMode;
import io.gripstream.eventstream.StreamSession;
import io.gripstream.grip.internal.Seldom;
import io.gripstream.grip.internal.Threads;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the application which streams open and close, on a separate thread, one call after the
 * other. If too many calls wait, a call is dropped and counted. Thread-safe; only {@link #close}
 * blocks.
 */
public final class Sessions implements AutoCloseable {
  /** Without callbacks. */
  public static final Sessions NONE =
      new Sessions(null, null, StreamMetrics.NOOP, Clock.systemUTC());

  /** Maximum number of waiting callbacks. */
  static final int MAX_WAITING = 20_000;

  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
  private static final Duration LAST_CALLS = Duration.ofSeconds(5);
  private static final int ID_BYTES = 12;
  private static final long IDLE_SECONDS = 10;

  private final @Nullable Consumer<StreamSession> onOpen;
  private final @Nullable BiConsumer<StreamSession, SessionEnd> onClose;
  private final StreamMetrics metrics;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Seldom drops = new Seldom(System::nanoTime);
  private final Seldom failures = new Seldom(System::nanoTime);
  private final ExecutorService thread = Threads.pool(
      "gripstream-sessions-", 1, 1, IDLE_SECONDS, new LinkedBlockingQueue<>(MAX_WAITING));

  /**
   * @param onOpen null: no callback
   * @param onClose null: no callback
   */
  public Sessions(
      @Nullable Consumer<StreamSession> onOpen,
      @Nullable BiConsumer<StreamSession, SessionEnd> onClose,
      StreamMetrics metrics,
      Clock clock) {
    this.onOpen = onOpen;
    this.onClose = onClose;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Whether there is a callback for ends. */
  public boolean areClosed() {
    return onClose != null;
  }

  /** Returns a session for a stream that is about to open; null: there is no callback. */
  public @Nullable StreamSession of(Subscription subscription, StreamMode mode) {
    if (onOpen == null && onClose == null) {
      return null;
    }
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return StreamSession.of(
        Base64.getUrlEncoder().withoutPadding().encodeToString(id),
        subscription.user(),
        subscription.channels(),
        mode,
        clock.instant());
  }

  /** The stream has begun. */
  public void opened(StreamSession session) {
    Consumer<StreamSession> callback = onOpen;
    if (callback != null) {
      tell("onOpen", () -> callback.accept(session));
    }
  }

  /** The stream has ended. Call it once. */
  public void closed(StreamSession session, SessionEnd.Reason reason) {
    BiConsumer<StreamSession, SessionEnd> callback = onClose;
    if (callback != null) {
      SessionEnd end = SessionEnd.of(clock.instant(), reason);
      tell("onClose", () -> callback.accept(session, end));
    }
  }

  private void tell(String name, Runnable callback) {
    try {
      thread.execute(() -> run(name, callback));
    } catch (RejectedExecutionException full) {
      metrics.sessionDropped();
      if (thread.isShutdown()) {
        LOG.debug("The event stream is closed; a call of {} is dropped", name);
      } else {
        drops.perhaps(leftOut -> LOG.warn(
            "A call of {} is dropped: {} calls wait already; let the callbacks return faster{}",
            name,
            MAX_WAITING,
            Seldom.more(leftOut)));
      }
    }
  }

  private void run(String name, Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException | Error e) {
      metrics.sessionFailed();
      failures.perhaps(
          leftOut -> LOG.error("{} of the application threw{}", name, Seldom.more(leftOut), e));
    }
  }

  /** Waits up to 5 s for queued calls; later calls are dropped. Idempotent. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(LAST_CALLS.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("onOpen and onClose take longer than {}; some calls are dropped", LAST_CALLS);
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
