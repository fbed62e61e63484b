package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Gives ids and inserts, inside a transaction that someone else begins and ends: two statements,
 * however many events. The counter rows are locked in the order of their numbers, by everybody, so
 * that nobody waits in a circle. Used by the writer thread only.
 */
final class PostgresAppender {
  private static final String LOCK = """
      SELECT no, last, (SELECT max(s.no) FROM $slot s),
        (SELECT m.value FROM $meta m WHERE m.name = 'epoch') FROM $channel
      WHERE no = ANY (?) ORDER BY no FOR UPDATE""";
  private static final String WRITE = """
      WITH moved AS (
        UPDATE $channel c SET last = m.last
        FROM unnest(?::bigint[], ?::bigint[]) AS m (no, last) WHERE c.no = m.no),
      added AS (
        INSERT INTO $event (channel, id, type, data, skip_users, at, slot)
        SELECT e.*, ?, ? FROM
          unnest(?::bigint[], ?::bigint[], ?::text[], ?::bytea[], ?::text[]) AS e)
      INSERT INTO $batch (writer, turn, at, moved) VALUES (?, ?, ?, ?)""";

  private final Clock clock;
  private final PostgresTurns turns;
  private final LongAdder appended = new LongAdder();
  private volatile String epoch = "";

  PostgresAppender(Clock clock, PostgresTurns turns) {
    this.clock = clock;
    this.turns = turns;
  }

  /** A channel of this transaction. */
  private static final class Counter {
    final long first;
    long last;

    Counter(long last) {
      this.first = last + 1;
      this.last = last;
    }
  }

  /** The counters that are locked now, and where events go. */
  private record Locked(Map<Long, Counter> counters, int slot) {
    Counter counter(long channel) throws SQLException {
      Counter counter = counters.get(channel);
      if (counter == null) {
        throw new SQLException("channel " + channel + " was removed from the database by hand");
      }
      return counter;
    }
  }

  /** Which storage it is, to notice if another one takes its place. */
  void opened(String opened) {
    epoch = opened;
  }

  /** How many events were appended, roughly. Any thread. */
  long appended() {
    return appended.sum();
  }

  List<Appended> append(Session session, List<Draft> drafts, ChannelNumbers numbers, long turn)
      throws SQLException {
    long at = clock.millis();
    Locked locked = lock(session, numbers);
    KnownKeys keys = KnownKeys.find(session, drafts, numbers, at);
    List<Appended> results = new ArrayList<>(drafts.size());
    Columns columns = new Columns(drafts.size());
    for (Draft draft : drafts) {
      long channel = numbers.of(draft.channel());
      Event repeated = keys.event(channel, draft);
      if (repeated != null) {
        results.add(new Appended(repeated, true));
        continue;
      }
      Counter counter = locked.counter(channel);
      Event event = Texts.event(draft, ++counter.last, at);
      columns.add(channel, event);
      keys.remember(channel, draft, event);
      results.add(new Appended(event, false));
    }
    if (columns.isEmpty()) {
      return results;
    }
    write(session, locked, columns, at, turn);
    keys.write(session, at);
    appended.add(results.size());
    return results;
  }

  private Locked lock(Session session, ChannelNumbers numbers) throws SQLException {
    PreparedStatement statement = session.statement(LOCK);
    statement.setArray(1, session.connection().createArrayOf("bigint", numbers.all()));
    Map<Long, Counter> counters = new TreeMap<>();
    int slot = 0;
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        counters.put(rows.getLong(1), new Counter(rows.getLong(2)));
        slot = rows.getInt(3);
        Epoch.check(epoch, rows.getString(4));
      }
    }
    return new Locked(counters, slot);
  }

  private void write(Session session, Locked locked, Columns columns, long at, long turn)
      throws SQLException {
    List<Moved> moved = new ArrayList<>();
    List<Long> channels = new ArrayList<>();
    List<Long> lasts = new ArrayList<>();
    locked.counters.forEach((channel, counter) -> {
      if (counter.last >= counter.first) {
        moved.add(new Moved(channel, counter.first, counter.last));
        channels.add(channel);
        lasts.add(counter.last);
      }
    });
    session.update(
        WRITE,
        array(session, "bigint", channels),
        array(session, "bigint", lasts),
        at,
        locked.slot,
        array(session, "bigint", columns.channels),
        array(session, "bigint", columns.ids),
        array(session, "text", columns.types),
        session.connection().createArrayOf("bytea", columns.data.toArray(byte[][]::new)),
        array(session, "text", columns.skipUsers),
        turns.writer(),
        turn,
        at,
        Moved.write(moved));
  }

  private static Object array(Session session, String type, List<?> values) throws SQLException {
    return session.connection().createArrayOf(type, values.toArray());
  }

  /** New events, turned by ninety degrees. */
  private static final class Columns {
    final List<Long> channels;
    final List<Long> ids;
    final List<String> types;
    final List<byte[]> data;
    final List<@Nullable String> skipUsers;

    Columns(int size) {
      channels = new ArrayList<>(size);
      ids = new ArrayList<>(size);
      types = new ArrayList<>(size);
      data = new ArrayList<>(size);
      skipUsers = new ArrayList<>(size);
    }

    void add(long channel, Event event) {
      channels.add(channel);
      ids.add(event.id());
      types.add(event.type());
      data.add(event.data().getBytes(StandardCharsets.UTF_8));
      skipUsers.add(Texts.joinUsers(event.skipUsers()));
    }

    boolean isEmpty() {
      return ids.isEmpty();
    }
  }
}
