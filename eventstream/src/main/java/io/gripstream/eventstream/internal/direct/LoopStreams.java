package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.SessionEnd;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;

/** The streams that one loop owns, in their audiences. Used on the loop unless stated otherwise. */
final class LoopStreams implements AutoCloseable {
  private final Workbench bench;
  private final ChannelLogs logs;

  /** The audiences that have streams. */
  private final Set<Audience> audiences = new LinkedHashSet<>();

  /** The audiences that {@link #check} has not visited yet. */
  private final Queue<Audience> unchecked = new ArrayDeque<>();

  /** The lag that the visit in progress has found so far, and the lag of the last visit. */
  private Lag lagSoFar = Lag.NONE;

  private volatile Lag lag = Lag.NONE;

  LoopStreams(Loop loop, DirectSettings settings, ChannelLogs logs, Replays replays) {
    this.bench = new Workbench(loop, settings, replays);
    this.logs = logs;
  }

  Workbench bench() {
    return bench;
  }

  /** Runs the task on the loop. Any thread. */
  void execute(Runnable task) {
    bench.loop().execute(task);
  }

  /** Returns the audience of the log for one more stream. */
  Audience audience(ChannelLog log) {
    for (ChannelLog.Listener known : log.listeners()) {
      if (known instanceof Audience audience
          && audience.isOf(bench.loop())
          && audience.hasPlace()) {
        return audience;
      }
    }
    Audience made = new Audience(log, bench, audiences, logs::leave);
    log.listeners().add(made);
    return made;
  }

  /** Number of events written to the streams, counted once per stream. Any thread. */
  long delivered() {
    return bench.delivered().getAcquire();
  }

  /** The lag of its streams at the last {@link #check}. Any thread. */
  Lag lag() {
    return lag;
  }

  /**
   * Visits all streams: keep-alives, time-outs, tokens. One audience at a time, so that an event
   * does not wait until every stream has its keep-alive.
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
      lag = lagSoFar;
      lagSoFar = Lag.NONE;
      return;
    }
    try {
      bench.loop().tick();
      int now = bench.loop().ticks();
      long wallClock = bench.settings().clock().millis();
      next.forEach(stream -> stream.check(now, wallClock));
      lagSoFar = lagSoFar.with(next.lag());
    } finally {
      // Behind tasks that have arrived meanwhile.
      execute(this::checkNext);
    }
  }

  /** Visits all streams; each may remove itself. */
  void forEach(Consumer<Roster.Member> visit) {
    for (Audience audience : List.copyOf(audiences)) {
      audience.forEach(visit);
    }
  }

  /** Cuts the streams, and ends the thread. Any thread. */
  @Override
  public void close() {
    execute(() -> forEach(stream -> stream.leave(SessionEnd.Reason.SHUTDOWN)));
    bench.loop().close();
  }
}
