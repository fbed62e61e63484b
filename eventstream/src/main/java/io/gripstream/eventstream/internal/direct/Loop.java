package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.internal.sse.Frames;
import io.gripstream.grip.internal.Threads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that owns streams and writes to them. It never blocks; what it is asked to do it does in
 * order. What waits for it is bounded: a few tasks per stream, one per audience.
 */
final class Loop implements AutoCloseable {
  static final Frame KEEP_ALIVE = Frame.of(Frames.KEEP_ALIVE.getBytes(StandardCharsets.US_ASCII));

  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  private final int number;
  private final DirectSettings settings;
  private final Rooms rooms;
  private final Replays replays;
  private final ExecutorService thread;
  private final Batch batch = new Batch();
  private final Set<Audience> audiences = new LinkedHashSet<>();

  /** Written on the loop only, read by whoever counts. */
  private final AtomicLong delivered = new AtomicLong();

  private int ticks;

  /** What {@link #check} has still to visit. */
  private final Queue<Audience> unchecked = new ArrayDeque<>();

  Loop(int number, DirectSettings settings, Rooms rooms, Replays replays) {
    this.number = number;
    this.settings = settings;
    this.rooms = rooms;
    this.replays = replays;
    this.ticks = now();
    this.thread = Threads.queue("gripstream-direct-" + number);
  }

  int number() {
    return number;
  }

  DirectOptions options() {
    return settings.options();
  }

  /** A stream without a byte for this time gets a keep-alive. */
  Duration keepAlive() {
    return settings.keepAlive();
  }

  Rooms rooms() {
    return rooms;
  }

  Replays replays() {
    return replays;
  }

  Batch batch() {
    return batch;
  }

  /** The audiences that have streams. */
  Set<Audience> audiences() {
    return audiences;
  }

  /** Runs the task on the loop; it is dropped when the loop is closed. Any thread. */
  void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException closed) {
      LOG.debug("The fan-out is closed; dropped a task");
    }
  }

  /** Milliseconds that wrap around: only differences mean something. */
  int now() {
    return (int) TimeUnit.NANOSECONDS.toMillis(settings.nanoTime().getAsLong());
  }

  /** The time of the last {@link #tick}: good enough for many writes in a row. */
  int ticks() {
    return ticks;
  }

  void tick() {
    ticks = now();
  }

  /** Counts what is written to a stream. On the loop only. */
  void delivering(long events) {
    delivered.setRelease(delivered.getPlain() + events);
  }

  /** How many events were written, counted per stream. Any thread. */
  long delivered() {
    return delivered.getAcquire();
  }

  /**
   * Visits all streams: keep-alives, time-outs, tokens. An audience at a time, so that an event
   * need not wait until everybody has a keep-alive.
   */
  void check() {
    if (unchecked.isEmpty()) {
      unchecked.addAll(audiences);
      checkNext();
    }
  }

  private void checkNext() {
    Audience next = unchecked.poll();
    if (next == null) {
      return;
    }
    try {
      tick();
      long wallClock = settings.clock().millis();
      next.forEach(stream -> stream.check(ticks, wallClock));
    } finally {
      // Behind what has come meanwhile.
      execute(this::checkNext);
    }
  }

  void forEach(Consumer<Stream> visit) {
    for (Audience audience : List.copyOf(audiences)) {
      audience.forEach(visit);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
