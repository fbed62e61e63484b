package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.internal.feed.ChannelSet;
import io.gripstream.eventstream.internal.feed.Replay;
import io.gripstream.eventstream.internal.feed.Start;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.sse.Condition;
import io.gripstream.eventstream.internal.sse.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream. Owned by a loop: every method is called there.
 *
 * <p>A stream that is not at the front of its {@link Audience} goes round in {@link #advance}: it
 * picks a link of the log, reads storage up to that link's position, writes the log from there, and
 * arrives at the front. At most one write is under way. Falling too far behind its link makes it
 * begin again.
 */
final class Stream {
  private static final long FOREVER = Long.MAX_VALUE;

  private final Loop loop;
  private final Outlet outlet;
  private final Seat seat;
  private final @Nullable String user;
  private final long until;
  private final Audience audience;
  private @Nullable Roster roster;
  private int slot;

  /** Until where the client has read; null when that is where its link, or the front, is. */
  private @Nullable Position position;

  /** Which place of the log it is making for, or writes from. Null at the front. */
  private @Nullable Link link;

  /**
   * The first bytes: written when it has its place in the log, so that who saw them misses nothing.
   */
  private @Nullable ByteBuffer opening;

  private @Nullable Frame ending;
  private boolean isReading;
  private boolean isWaiting;
  private boolean isHurrying;
  private boolean isArriving;
  private boolean isEnding;
  private boolean isGone;

  Stream(Loop loop, Outlet outlet, Seat seat, Subscription subscription, Start start) {
    this.loop = loop;
    this.outlet = outlet;
    this.seat = seat;
    this.user = subscription.user();
    Instant end = subscription.until();
    this.until = end == null ? FOREVER : end.toEpochMilli();
    this.position = start.position();
    this.audience =
        loop.rooms().enter(ChannelSet.of(subscription), start.head()).audience(loop);
    audience.add(this);
  }

  /** Writes the first bytes, then everything else. */
  void begin(ByteBuffer opening) {
    this.opening = opening;
    advance();
  }

  Roster roster() {
    if (roster == null) {
      throw new IllegalStateException("the stream is in no roster");
    }
    return roster;
  }

  int slot() {
    return slot;
  }

  void placed(Roster in, int at) {
    roster = in;
    slot = at;
  }

  @Nullable
  Link link() {
    return link;
  }

  boolean isWaiting() {
    return isWaiting;
  }

  boolean isOf(String someUser) {
    return someUser.equals(user) && !isEnding;
  }

  boolean isOf(String someUser, String channel) {
    return isOf(someUser) && audience.room().channels().has(channel);
  }

  ChannelSet channels() {
    return audience.room().channels();
  }

  /** Does the next thing that can be done, unless it is at the front. */
  void advance() {
    if (isEnding && !isGone && !outlet.isBusy()) {
      finish();
    }
    while (!isGone && !outlet.isBusy() && !isReading && !isArriving && !audience.isReady(this)) {
      Position at = position;
      Link target = link;
      if (at == null) {
        isArriving = true;
        audience.arrive(this);
      } else if (target == null) {
        if (!pickLink(at)) {
          return;
        }
      } else if (opening != null) {
        writeOpening();
      } else if (!target.position.reaches(at)) {
        link = null;
      } else if (at.reaches(target.position)) {
        position = null;
      } else {
        isReading = true;
        loop.replays()
            .read(this, loop, audience.room().channels().subscription(user), at, target.position);
      }
    }
  }

  private void writeOpening() {
    ByteBuffer first = opening;
    opening = null;
    if (first != null) {
      write(first);
    }
  }

  /** The end of the log, if the feed has got as far as this client. */
  private boolean pickLink(Position at) {
    Link tail = audience.room().tail();
    if (tail != null && tail.position.reaches(at)) {
      link = tail;
      isWaiting = false;
      isHurrying = false;
      return true;
    }
    if (tail != null && !isHurrying) {
      isHurrying = true;
      loop.rooms().hurry(audience.room(), at);
    }
    isWaiting = true;
    return false;
  }

  /** Takes a piece of history. */
  void replayed(Position from, Replay replay) {
    isReading = false;
    if (isGone || isEnding) {
      return;
    }
    position = replay.position();
    if (replay.bytes().length > 0) {
      write(Frame.of(replay.bytes()).buffer(outlet.isChunked()));
    } else if (replay.complete() && from.reaches(replay.position())) {
      // The feed saw an event that storage does not have: nothing we know of can be true.
      end(Condition.INTERNAL_ERROR, "The server cannot serve this stream now.", List.of());
    }
    advance();
  }

  void notReplayed() {
    isReading = false;
    end(Condition.INTERNAL_ERROR, "The server cannot serve this stream now.", List.of());
  }

  /** Writes what all ready streams of the audience get. */
  void follow(Batch batch) {
    if (!send(batch) && !isGone) {
      audience.part(this);
    }
  }

  /**
   * Writes from its own link up to the front.
   *
   * @return whether it is there, and ready
   */
  boolean writeUpTo(Link front) {
    isArriving = false;
    while (!isGone && !isEnding && position == null && !outlet.isBusy()) {
      Link at = link;
      if (at == null || at == front) {
        link = null;
        return at != null;
      }
      if (at.gaps != front.gaps || at.events > front.events) {
        break;
      }
      Batch batch = loop.batch();
      batch.select(at, front);
      link = batch.end();
      if (!send(batch)) {
        return false;
      }
    }
    advance();
    return false;
  }

  /** @return whether all was taken; else {@link #link} is where to go on once it is written */
  private boolean send(Batch batch) {
    try {
      if (batch.skips(user)) {
        ByteBuffer some = batch.without(String.valueOf(user), outlet.isChunked());
        loop.delivering(batch.count());
        return !some.hasRemaining() || start(some, batch.end());
      }
      if (!outlet.isSocket() || !outlet.isChunked()) {
        loop.delivering(batch.count());
        return start(batch.stable(outlet.isChunked()), batch.end());
      }
      ByteBuffer all = batch.direct();
      outlet.tryWrite(all);
      if (!all.hasRemaining()) {
        loop.delivering(batch.count());
        outlet.touch(loop.ticks());
        return true;
      }
      // The gathered bytes are needed for others: finish the event that was cut, from its frame.
      int written = all.position();
      Link cut = batch.before(written);
      Link after = Objects.requireNonNull(cut.next());
      loop.delivering(batch.count() - (batch.end().events - after.events));
      boolean isTaken = start(cut.frame().from(written - batch.offset(cut), true), after);
      if (isTaken && !isGone) {
        link = after;
        advanceSoon();
      }
      return false;
    } catch (IOException gone) {
      leave();
      return false;
    }
  }

  private boolean start(ByteBuffer bytes, Link then) throws IOException {
    if (outlet.write(bytes, loop.ticks())) {
      return true;
    }
    link = then;
    return false;
  }

  private void advanceSoon() {
    loop.execute(this::advance);
  }

  private void write(ByteBuffer bytes) {
    try {
      outlet.write(bytes, loop.now());
    } catch (IOException gone) {
      leave();
    }
  }

  /** Leaves the front: what follows is written from this link. */
  void partAt(Link at) {
    audience.part(this);
    link = at;
  }

  /** Too much waits for it: it reads storage instead, or has to be told that events are missing. */
  void fallBehind(Link tail) {
    Link at = link;
    if (at == null) {
      return;
    }
    if (tail.unstored != at.unstored) {
      link = null;
      end(Condition.SLOW, "The client takes events too slowly.", List.of());
      return;
    }
    if (position == null) {
      position = at.position;
    }
    link = null;
    advance();
  }

  /** What is due at this time. */
  void check(int now, long wallClock) {
    if (until <= wallClock) {
      end(Condition.TOKEN_EXPIRED, "The token has expired.", List.of());
    }
    int idle = outlet.idleFor(now);
    if (outlet.isBusy()) {
      if (idle >= loop.options().writeTimeout().toMillis()) {
        leave();
      }
    } else if (!isReading
        && !isArriving
        && !isEnding
        && opening == null
        && idle >= loop.keepAlive().toMillis()) {
      write(Loop.KEEP_ALIVE.buffer(outlet.isChunked()));
      if (outlet.isBusy() && audience.isReady(this)) {
        partAt(audience.front());
      }
    }
  }

  /** Ends the stream after what is being written now, with an explanation. */
  void end(Condition condition, String text, List<String> channels) {
    end(Endings.error(condition, text, channels));
  }

  void end(Frame last) {
    if (isGone || isEnding) {
      return;
    }
    isEnding = true;
    ending = last;
    if (audience.isReady(this)) {
      audience.part(this);
    }
    link = null;
    advance();
  }

  private void finish() {
    writeOpening();
    Frame last = ending;
    if (last != null && !outlet.isBusy()) {
      ending = null;
      write(last.buffer(outlet.isChunked()));
    }
    if (!isGone && !outlet.isBusy()) {
      close();
      outlet.end();
    }
  }

  /** The client went, or is made to. */
  void leave() {
    if (!isGone) {
      close();
      outlet.abort();
    }
  }

  private void close() {
    isGone = true;
    ending = null;
    link = null;
    audience.remove(this);
    seat.leave();
  }
}
