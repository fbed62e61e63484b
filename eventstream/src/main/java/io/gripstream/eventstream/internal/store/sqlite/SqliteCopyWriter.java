package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.sql.CopyWriter;
import io.gripstream.eventstream.internal.store.sql.EventColumns;
import io.gripstream.eventstream.internal.store.sql.IdRange;
import io.gripstream.eventstream.internal.store.sql.Session;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Writes copied events, and batches that say which events are how old. Retention reads batches in
 * the order of their numbers until one is not old. A copy goes channel by channel, so the time is
 * cut into {@value #SPANS} spans, and the numbers of a span's batches begin where no other span
 * comes. An event is removed up to a span later than it would have been.
 */
final class SqliteCopyWriter implements CopyWriter {
  private static final int SPANS = 256;
  private static final int RANGES_PER_BATCH = 100;
  private static final long NUMBERS_PER_SPAN = 10_000_000_000L;

  private final SqliteFile file;
  private final Duration patience;
  private final long begin;
  private final long spanMillis;
  private final List<List<IdRange>> waiting = new ArrayList<>();
  private final long[] written = new long[SPANS];

  /** The events of a channel that follow each other in the same span. */
  private long channel = -1;

  private int span;
  private long first;
  private long last;

  /** @param ttl for how long events are kept */
  SqliteCopyWriter(SqliteFile file, long now, Duration ttl, Duration patience) {
    this.file = file;
    this.patience = patience;
    this.spanMillis = ttl.toMillis() / (SPANS - 1) + 1;
    this.begin = now - spanMillis * (SPANS - 1);
    for (int i = 0; i < SPANS; i++) {
      waiting.add(new ArrayList<>());
    }
  }

  @Override
  public void clear(Session session) throws SQLException {
    session.update("DELETE FROM $event");
  }

  @Override
  public void store(Session session, List<Event> events, ToLongFunction<String> number)
      throws SQLException {
    PreparedStatement insert = session.statement(SqliteAppender.INSERT_EVENT);
    for (Event event : events) {
      long no = number.applyAsLong(event.channel());
      insert.setLong(1, no);
      insert.setLong(2, event.id());
      insert.setString(3, event.type());
      insert.setString(4, event.data());
      insert.setString(5, EventColumns.joinUsers(event.skippedUsers()));
      insert.setLong(6, event.at().toEpochMilli());
      insert.addBatch();
      note(session, no, event.id(), span(event.at().toEpochMilli()));
    }
    insert.executeBatch();
  }

  private int span(long at) {
    return (int) Math.max(0, Math.min(SPANS - 1, (at - begin) / spanMillis));
  }

  private void note(Session session, long no, long id, int of) throws SQLException {
    if (no != channel || of != span) {
      endRange(session);
      channel = no;
      span = of;
      first = id;
    }
    last = id;
  }

  private void endRange(Session session) throws SQLException {
    if (channel >= 0) {
      List<IdRange> ranges = waiting.get(span);
      ranges.add(new IdRange(channel, first, last));
      if (ranges.size() == RANGES_PER_BATCH) {
        write(session, span);
      }
      channel = -1;
    }
  }

  private void write(Session session, int of) throws SQLException {
    List<IdRange> ranges = waiting.get(of);
    if (!ranges.isEmpty()) {
      session.update(
          "INSERT INTO $batch (id, writer, at, moved) VALUES (?, 0, ?, ?)",
          of * NUMBERS_PER_SPAN + ++written[of],
          begin + (of + 1) * spanMillis,
          IdRange.write(ranges));
      ranges.clear();
    }
  }

  @Override
  public void finish(Session session) throws SQLException {
    endRange(session);
    for (int i = 0; i < SPANS; i++) {
      write(session, i);
    }
  }

  /** Commits did not wait for the disk; moving the log into the file does. */
  @Override
  public void settle() throws SQLException {
    file.emptyLog(patience);
  }

  @Override
  public void batch(Session session, List<IdRange> moved, long at) throws SQLException {
    session.update(
        "INSERT INTO $batch (writer, at, moved) VALUES (0, ?, ?)", at, IdRange.write(moved));
  }
}
