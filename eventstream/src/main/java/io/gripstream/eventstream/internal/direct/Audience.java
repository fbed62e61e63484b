package io.gripstream.eventstream.internal.direct;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Up to {@value #MOST} streams of a {@link Room} that one loop owns. Those that take what they are
 * given stand together at the front of the log, and move on as one; the others find their own way
 * to it.
 *
 * <p>A room of more streams has more audiences, whose turns come one after the other: an event that
 * comes while one is served goes to the next ones at once, and not a whole round later; and other
 * rooms need not wait for all of a large one.
 */
final class Audience implements Runnable {
  private static final int MOST = 512;

  /** A log that we cannot write as fast as it grows is cut, as for one slow client, but later. */
  private static final int PATIENCE = 8;

  private final Room room;
  private final Loop loop;
  private final AtomicBoolean isAwake = new AtomicBoolean();
  private final Roster ready = new Roster();
  private final Roster others = new Roster();
  private List<Stream> arriving = List.of();
  private @Nullable Link front;

  Audience(Room room, Loop loop) {
    this.room = room;
    this.loop = loop;
  }

  Room room() {
    return room;
  }

  Loop loop() {
    return loop;
  }

  /** Makes the loop look at the log. Any thread. */
  void wake() {
    if (!isAwake.get() && isAwake.compareAndSet(false, true)) {
      loop.execute(this);
    }
  }

  void add(Stream stream) {
    if (isEmpty()) {
      loop.audiences().add(this);
    }
    others.add(stream);
  }

  void remove(Stream stream) {
    stream.roster().remove(stream.slot());
    if (isEmpty()) {
      loop.audiences().remove(this);
      front = null;
    }
    loop.rooms().leave(room);
  }

  boolean hasPlace() {
    return ready.size() + others.size() < MOST;
  }

  private boolean isEmpty() {
    return ready.size() == 0 && others.size() == 0;
  }

  boolean isReady(Stream stream) {
    return stream.roster() == ready;
  }

  /** Where the ready ones stand. */
  Link front() {
    Link at = front;
    if (at == null) {
      throw new IllegalStateException("nobody is ready");
    }
    return at;
  }

  /** The stream has everything up to its link; it takes its place at the front when that is due. */
  void arrive(Stream stream) {
    if (arriving.isEmpty()) {
      arriving = new ArrayList<>();
    }
    arriving.add(stream);
    wake();
  }

  /** A ready stream goes its own way, from where it stood. */
  void part(Stream stream) {
    ready.remove(stream.slot());
    others.add(stream);
  }

  /** Walks over all streams; each may remove itself. */
  void forEach(Consumer<Stream> visit) {
    for (int i = ready.size() - 1; i >= 0; i--) {
      visit.accept(ready.get(i));
    }
    for (int i = others.size() - 1; i >= 0; i--) {
      visit.accept(others.get(i));
    }
  }

  @Override
  public void run() {
    isAwake.set(false);
    Link tail = room.tail();
    if (tail == null) {
      return;
    }
    loop.tick();
    boolean isNews = tail != front;
    advanceFront(tail);
    seat();
    if (isNews) {
      checkOthers(tail);
    }
    loop.batch().clear();
    if (ready.size() == 0) {
      front = null;
    } else if (front() != room.tail()) {
      wake();
    }
  }

  private void advanceFront(Link tail) {
    if (ready.size() == 0 || front == null) {
      front = tail;
      return;
    }
    if (front == tail) {
      return;
    }
    if (isBeyond(front, tail, PATIENCE)) {
      for (int i = ready.size() - 1; i >= 0; i--) {
        Stream stream = ready.get(i);
        stream.partAt(front);
        stream.fallBehind(tail);
      }
      front = tail;
      return;
    }
    Batch batch = loop.batch();
    batch.select(front, tail);
    Link next = batch.end();
    for (int i = ready.size() - 1; i >= 0; i--) {
      ready.get(i).follow(batch);
    }
    front = next;
  }

  /** Those who arrive write on from their own places to the front. */
  private void seat() {
    if (arriving.isEmpty()) {
      return;
    }
    List<Stream> now = arriving;
    arriving = List.of();
    Link at = front();
    for (Stream stream : now) {
      if (stream.writeUpTo(at)) {
        others.remove(stream.slot());
        ready.add(stream);
      }
    }
  }

  private void checkOthers(Link tail) {
    for (int i = others.size() - 1; i >= 0; i--) {
      Stream stream = others.get(i);
      Link at = stream.link();
      if (at != null && isBeyond(at, tail, 1)) {
        stream.fallBehind(tail);
      } else if (stream.isWaiting()) {
        stream.advance();
      }
    }
  }

  private boolean isBeyond(Link at, Link tail, int times) {
    return tail.gaps != at.gaps
        || tail.bytes - at.bytes > (long) loop.options().maxQueuedBytes() * times
        || tail.events - at.events > (long) loop.options().maxQueuedEvents() * times;
  }
}
