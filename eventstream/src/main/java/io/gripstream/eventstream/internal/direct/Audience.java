package io.gripstream.eventstream.internal.direct;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Up to {@value #MOST} streams of a {@link ChannelLog} that one loop owns. Ready streams stand
 * together at the front of the log and advance together; each other stream moves to the front by
 * itself.
 *
 * <p>A log with more streams has more audiences, which take turns. An event that arrives during one
 * turn goes to the next audiences immediately, not a whole round later. Other logs do not wait for
 * the whole audience of a large log.
 */
final class Audience implements ChannelLog.Listener, Runnable {
  private static final int MOST = 512;

  /**
   * A log that grows faster than it can be written is cut, as for one slow client, but at a higher
   * limit.
   */
  private static final int PATIENCE = 8;

  private final ChannelLog log;
  private final Workbench bench;
  private final Set<Audience> filled;
  private final Consumer<ChannelLog> leaving;
  private final AtomicBoolean isAwake = new AtomicBoolean();
  private final Roster ready = new Roster();
  private final Roster others = new Roster();
  private List<Roster.Member> arriving = List.of();
  private @Nullable LogNode front;

  /**
   * @param filled contains this audience as long as it has streams
   * @param leaving called for each stream that leaves the log
   */
  Audience(ChannelLog log, Workbench bench, Set<Audience> filled, Consumer<ChannelLog> leaving) {
    this.log = log;
    this.bench = bench;
    this.filled = filled;
    this.leaving = leaving;
  }

  ChannelLog log() {
    return log;
  }

  boolean isOf(Loop loop) {
    return loop == bench.loop();
  }

  /** Makes the loop look at the log. Any thread. */
  @Override
  public void wake() {
    if (!isAwake.get() && isAwake.compareAndSet(false, true)) {
      bench.loop().execute(this);
    }
  }

  void add(Roster.Member stream) {
    if (isEmpty()) {
      filled.add(this);
    }
    others.add(stream);
  }

  void remove(Roster.Member stream) {
    stream.roster().remove(stream.slot());
    if (isEmpty()) {
      filled.remove(this);
      front = null;
    }
    leaving.accept(log);
  }

  boolean hasPlace() {
    return ready.size() + others.size() < MOST;
  }

  private boolean isEmpty() {
    return ready.size() == 0 && others.size() == 0;
  }

  /** The place of the ready streams. */
  LogNode front() {
    LogNode at = front;
    if (at == null) {
      throw new IllegalStateException("no stream is ready");
    }
    return at;
  }

  /** The stream has everything up to its node. It takes its place at the front when that is due. */
  void arrive(Roster.Member stream) {
    if (arriving.isEmpty()) {
      arriving = new ArrayList<>();
    }
    arriving.add(stream);
    wake();
  }

  /** A ready stream continues alone, from its place. */
  void part(Roster.Member stream) {
    ready.remove(stream.slot());
    others.add(stream);
  }

  /** Walks over all streams; each may remove itself. */
  void forEach(Consumer<Roster.Member> visit) {
    for (int i = ready.size() - 1; i >= 0; i--) {
      visit.accept(ready.get(i));
    }
    for (int i = others.size() - 1; i >= 0; i--) {
      visit.accept(others.get(i));
    }
  }

  /** The distance to the front of the streams that are not there. */
  Lag lag() {
    LogNode tail = log.tail();
    int streams = 0;
    long most = 0;
    for (int i = 0; tail != null && i < others.size(); i++) {
      LogNode at = others.get(i).node();
      if (at != tail) {
        streams++;
        most = at == null ? most : Math.max(most, tail.events - at.events);
      }
    }
    return new Lag(streams, most);
  }

  @Override
  public void run() {
    isAwake.set(false);
    LogNode tail = log.tail();
    if (tail == null) {
      return;
    }
    bench.loop().tick();
    boolean isNews = tail != front;
    advanceFront(tail);
    seat();
    if (isNews) {
      checkOthers(tail);
    }
    bench.run().clear();
    if (ready.size() == 0) {
      front = null;
    } else if (front() != log.tail()) {
      wake();
    }
  }

  private void advanceFront(LogNode tail) {
    if (ready.size() == 0 || front == null) {
      front = tail;
      return;
    }
    if (front == tail) {
      return;
    }
    if (isBeyond(front, tail, PATIENCE)) {
      for (int i = ready.size() - 1; i >= 0; i--) {
        Roster.Member stream = ready.get(i);
        stream.partAt(front);
        stream.fallBehind(tail);
      }
      front = tail;
      return;
    }
    WriteRun run = bench.run();
    run.select(front, tail);
    LogNode next = run.end();
    for (int i = ready.size() - 1; i >= 0; i--) {
      ready.get(i).follow(run);
    }
    front = next;
  }

  /** Arriving streams write from their own places to the front. */
  private void seat() {
    if (arriving.isEmpty()) {
      return;
    }
    List<Roster.Member> now = arriving;
    arriving = List.of();
    LogNode at = front();
    for (Roster.Member stream : now) {
      if (stream.writeUpTo(at)) {
        others.remove(stream.slot());
        ready.add(stream);
      }
    }
  }

  private void checkOthers(LogNode tail) {
    for (int i = others.size() - 1; i >= 0; i--) {
      Roster.Member stream = others.get(i);
      LogNode at = stream.node();
      if (at != null && isBeyond(at, tail, 1)) {
        stream.fallBehind(tail);
      } else if (stream.isWaiting()) {
        stream.advance();
      }
    }
  }

  private boolean isBeyond(LogNode at, LogNode tail, int times) {
    return tail.gaps != at.gaps
        || tail.bytes - at.bytes > (long) bench.settings().options().maxQueuedBytes() * times
        || tail.events - at.events > (long) bench.settings().options().maxQueuedEvents() * times;
  }
}
