package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.SessionEnd;
import io.gripstream.eventstream.internal.feed.ChannelSet;
import io.gripstream.eventstream.internal.feed.Replay;
import io.gripstream.eventstream.internal.feed.StreamStart;
import io.gripstream.eventstream.internal.sse.Condition;
import io.gripstream.eventstream.internal.sse.Frames;
import io.gripstream.eventstream.internal.sse.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream. Owned by a loop: every method is called there.
 *
 * <p>A stream that is not at the front of its {@link Audience} repeats these steps in
 * {@link #advance}: choose a node of the log, read storage up to that node's position, write the
 * log from there, arrive at the front. At most one write is in progress. If it falls too far behind
 * its node, it begins again.
 */
final class Stream implements Roster.Member, Outlet.Writer {
  private static final long FOREVER = Long.MAX_VALUE;
  private static final Frame KEEP_ALIVE =
      Frame.of(Frames.KEEP_ALIVE.getBytes(StandardCharsets.US_ASCII));

  /** The phase of a stream. */
  private enum Phase {
    /** Tries to reach its node, or writes from it; chooses one if it has none. */
    SEEKING,

    /** The log has not joined the feed yet; it wakes the stream then. */
    WAITING,

    /** As before, and the feed knows that a stream waits for it to catch up. */
    HURRYING,

    /** A page of history was requested. */
    READING,

    /** Has everything up to its node, and takes its place at the front when that is due. */
    ARRIVING,

    /** Gets the run that all streams at the front get. */
    AT_FRONT,

    /** Its last bytes are being written, or will be. */
    ENDING,

    GONE
  }

  private final Workbench bench;
  private final Outlet outlet;
  private final Seat seat;
  private final @Nullable String user;
  private final long until;
  private final Audience audience;
  private @Nullable Roster roster;
  private int slot;
  private Phase phase = Phase.SEEKING;

  /** The client's position; null if it is that of its node, or of the front. */
  private @Nullable Position position;

  /**
   * No event after this position may be missing. Null: use the stream's position, which holds after
   * the first read.
   */
  private @Nullable Position unbroken;

  /** The place of the log from which it writes, or that it tries to reach. Null at the front. */
  private @Nullable LogNode node;

  /**
   * The first bytes. They are written when the stream has its place in the log: a client that sees
   * them misses no later event.
   */
  private @Nullable ByteBuffer opening;

  private @Nullable Frame ending;

  /** The reason of its end; null while it continues, or if the client leaves. */
  private SessionEnd.@Nullable Reason why;

  /** @param seat is given back when it has ended */
  Stream(Workbench bench, Outlet outlet, Seat seat, StreamStart start, Audience audience) {
    this.bench = bench;
    this.outlet = outlet;
    this.seat = seat;
    this.user = start.subscription().user();
    Instant end = start.subscription().until();
    this.until = end == null ? FOREVER : end.toEpochMilli();
    this.position = start.position();
    this.unbroken = start.unbroken();
    this.audience = audience;
  }

  /** Takes its place, and writes the first bytes, then everything else. */
  void begin(ByteBuffer first) {
    outlet.belongsTo(this);
    audience.add(this);
    opening = first;
    advance();
  }

  @Override
  public void written() {
    advance();
  }

  @Override
  public void gone() {
    leave(SessionEnd.Reason.CLIENT);
  }

  @Override
  public Roster roster() {
    if (roster == null) {
      throw new IllegalStateException("the stream is in no roster");
    }
    return roster;
  }

  @Override
  public int slot() {
    return slot;
  }

  @Override
  public void placed(Roster in, int at) {
    roster = in;
    slot = at;
  }

  @Override
  public @Nullable LogNode node() {
    return node;
  }

  @Override
  public boolean isWaiting() {
    return phase == Phase.WAITING || phase == Phase.HURRYING;
  }

  @Override
  public boolean isOf(String someUser) {
    return someUser.equals(user) && phase != Phase.ENDING;
  }

  @Override
  public ChannelSet channels() {
    return audience.log().channels();
  }

  /** Does every possible step, unless it is at the front. */
  @Override
  public void advance() {
    while (!outlet.isBusy()) {
      switch (phase) {
        case SEEKING, WAITING, HURRYING -> {
          if (!seek()) {
            return;
          }
        }
        case ENDING -> finish();
        case READING, ARRIVING, AT_FRONT, GONE -> {
          return;
        }
      }
    }
  }

  /** @return whether it made progress */
  private boolean seek() {
    Position at = position;
    LogNode target = node;
    if (at == null) {
      phase = Phase.ARRIVING;
      audience.arrive(this);
    } else if (target == null) {
      return pickLink(at);
    } else if (opening != null) {
      writeOpening();
    } else if (!target.position.reaches(at)) {
      node = null;
    } else if (at.reaches(target.position)) {
      position = null;
    } else {
      phase = Phase.READING;
      read(at, target.position);
    }
    return true;
  }

  private void read(Position from, Position upTo) {
    bench
        .replays()
        .read(
            channels().subscription(user),
            from,
            unbroken == null ? from : unbroken,
            upTo,
            replay -> bench.loop().execute(() -> replayed(from, replay)),
            failure -> bench.loop().execute(this::notReplayed));
  }

  private void writeOpening() {
    ByteBuffer first = opening;
    opening = null;
    if (first != null) {
      write(first);
    }
  }

  /** Chooses the end of the log, if the feed has reached this client's position. */
  private boolean pickLink(Position at) {
    LogNode tail = audience.log().tail();
    if (tail != null && tail.position.reaches(at)) {
      node = tail;
      phase = Phase.SEEKING;
      return true;
    }
    if (phase != Phase.HURRYING) {
      phase = tail == null ? Phase.WAITING : Phase.HURRYING;
      if (tail != null) {
        audience.log().hurry(at);
      }
    }
    return false;
  }

  /** Takes a piece of history. */
  private void replayed(Position from, Replay replay) {
    if (phase != Phase.READING) {
      return;
    }
    phase = Phase.SEEKING;
    unbroken = null;
    position = replay.position();
    if (replay.bytes().length > 0) {
      write(Frame.of(replay.bytes()).buffer(outlet.isChunked()));
    } else if (replay.isComplete() && from.reaches(replay.position())) {
      // The feed is ahead of storage, which should be impossible.
      end(Endings.internalError());
    }
    advance();
  }

  private void notReplayed() {
    end(Endings.internalError());
  }

  @Override
  public void follow(WriteRun run) {
    if (!send(run) && phase != Phase.GONE) {
      part();
    }
  }

  private void part() {
    phase = Phase.SEEKING;
    audience.part(this);
  }

  @Override
  public boolean writeUpTo(LogNode front) {
    if (phase == Phase.ARRIVING) {
      phase = Phase.SEEKING;
    }
    while (phase == Phase.SEEKING && position == null && !outlet.isBusy()) {
      LogNode at = node;
      if (at == null || at == front) {
        node = null;
        if (at != null) {
          phase = Phase.AT_FRONT;
        }
        return at != null;
      }
      if (at.gaps != front.gaps || at.events > front.events) {
        break;
      }
      WriteRun run = bench.run();
      run.select(at, front);
      node = run.end();
      if (!send(run)) {
        return false;
      }
    }
    advance();
    return false;
  }

  /**
   * @return whether everything was accepted; else {@link #node} is where to continue after the
   *     write
   */
  private boolean send(WriteRun run) {
    try {
      if (run.skips(user)) {
        ByteBuffer some = run.without(String.valueOf(user), outlet.isChunked());
        bench.delivering(run.count());
        return !some.hasRemaining() || start(some, run.end());
      }
      if (!outlet.canTry() || !outlet.isChunked()) {
        bench.delivering(run.count());
        return start(run.stable(outlet.isChunked()), run.end());
      }
      ByteBuffer all = run.direct();
      outlet.tryWrite(all);
      if (!all.hasRemaining()) {
        bench.delivering(run.count());
        outlet.touch(bench.loop().ticks());
        return true;
      }
      // The shared buffer is needed for others: finish the cut event from its own frame.
      int written = all.position();
      LogNode cut = run.before(written);
      LogNode after = Objects.requireNonNull(cut.next());
      bench.delivering(run.count() - (run.end().events - after.events));
      boolean isTaken = start(cut.frame().from(written - run.offset(cut), true), after);
      if (isTaken && phase != Phase.GONE) {
        node = after;
        advanceSoon();
      }
      return false;
    } catch (IOException gone) {
      leave(SessionEnd.Reason.CLIENT);
      return false;
    }
  }

  private boolean start(ByteBuffer bytes, LogNode then) throws IOException {
    if (outlet.write(bytes, bench.loop().ticks())) {
      return true;
    }
    node = then;
    return false;
  }

  private void advanceSoon() {
    bench.loop().execute(this::advance);
  }

  private void write(ByteBuffer bytes) {
    try {
      outlet.write(bytes, bench.loop().now());
    } catch (IOException gone) {
      leave(SessionEnd.Reason.CLIENT);
    }
  }

  @Override
  public void partAt(LogNode at) {
    part();
    node = at;
  }

  /**
   * Its queue is over the limit: it reads storage instead, or ends because events would be missing.
   */
  @Override
  public void fallBehind(LogNode tail) {
    LogNode at = node;
    if (at == null) {
      return;
    }
    if (tail.unstored != at.unstored) {
      node = null;
      end(Endings.error(Condition.SLOW, "The client takes events too slowly.", List.of()));
      return;
    }
    if (position == null) {
      position = at.position;
    }
    node = null;
    advance();
  }

  @Override
  public void check(int now, long wallClock) {
    if (until <= wallClock) {
      end(Endings.error(Condition.TOKEN_EXPIRED, "The token has expired.", List.of()));
    }
    int idle = outlet.idleFor(now);
    if (outlet.isBusy()) {
      if (idle >= bench.settings().options().writeTimeout().toMillis()) {
        leave(SessionEnd.Reason.CLIENT);
      }
    } else if (isQuiet()
        && opening == null
        && idle >= bench.settings().keepAlive().toMillis()) {
      write(KEEP_ALIVE.buffer(outlet.isChunked()));
      if (outlet.isBusy() && phase == Phase.AT_FRONT) {
        partAt(audience.front());
      }
    }
  }

  /** Whether only a keep-alive may be written now. */
  private boolean isQuiet() {
    return switch (phase) {
      case SEEKING, WAITING, HURRYING, AT_FRONT -> true;
      case READING, ARRIVING, ENDING, GONE -> false;
    };
  }

  @Override
  public void end(Ending how) {
    if (phase == Phase.GONE || phase == Phase.ENDING) {
      return;
    }
    if (phase == Phase.AT_FRONT) {
      part();
    }
    phase = Phase.ENDING;
    ending = how.last();
    why = how.why();
    node = null;
    advance();
  }

  private void finish() {
    writeOpening();
    Frame last = ending;
    if (last != null && !outlet.isBusy()) {
      ending = null;
      write(last.buffer(outlet.isChunked()));
    }
    if (phase != Phase.GONE && !outlet.isBusy()) {
      close();
      outlet.end();
    }
  }

  @Override
  public void leave(SessionEnd.Reason by) {
    if (phase != Phase.GONE) {
      if (why == null) {
        why = by;
      }
      close();
      outlet.abort();
    }
  }

  private void close() {
    phase = Phase.GONE;
    ending = null;
    node = null;
    audience.remove(this);
    SessionEnd.Reason known = why;
    seat.leave(known == null ? SessionEnd.Reason.CLIENT : known);
  }
}
