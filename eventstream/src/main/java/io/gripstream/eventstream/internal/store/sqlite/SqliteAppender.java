package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.core.NewEvent;
import io.gripstream.eventstream.internal.store.core.Outcome;
import io.gripstream.eventstream.internal.store.core.Periods;
import io.gripstream.eventstream.internal.store.sql.Arrivals;
import io.gripstream.eventstream.internal.store.sql.ChannelCache;
import io.gripstream.eventstream.internal.store.sql.Epoch;
import io.gripstream.eventstream.internal.store.sql.EventColumns;
import io.gripstream.eventstream.internal.store.sql.IdRange;
import io.gripstream.eventstream.internal.store.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Gives ids and inserts, inside a transaction that its caller begins and ends. Remembers the
 * counters as long as no other connection has written, which SQLite counts. Used by the writer
 * thread only.
 */
final class SqliteAppender {
  static final String INSERT_EVENT =
      "INSERT INTO $event (channel, id, type, data, skip_users, at) VALUES (?, ?, ?, ?, ?, ?)";

  private final Clock clock;
  private final long self;
  private final ChannelCache<String, Counter> counters = new ChannelCache<>();
  private final LongAdder appended = new LongAdder();
  private long dataVersion = -1;
  private volatile String epoch = "";

  SqliteAppender(Clock clock, long self) {
    this.clock = clock;
    this.self = self;
  }

  /** A channel's number and the last id given. */
  private static final class Counter {
    final long channel;
    long last;

    Counter(long channel, long last) {
      this.channel = channel;
      this.last = last;
    }
  }

  /** Sets the epoch, to notice a replaced storage. */
  void opened(String opened) {
    epoch = opened;
  }

  /** Number of appended events, roughly. Any thread. */
  long appended() {
    return appended.sum();
  }

  List<Outcome> append(Session session, Arrivals drafts) throws SQLException {
    forgetIfOthersWrote(session);
    long at = clock.millis();
    Map<Counter, Long> firstIds = new LinkedHashMap<>();
    List<Outcome> results = new ArrayList<>();
    for (List<Draft> some = drafts.next(); !some.isEmpty(); some = drafts.next()) {
      for (Draft draft : some) {
        results.add(append(session, draft, at, firstIds));
      }
    }
    if (!firstIds.isEmpty()) {
      advance(session, firstIds, at);
    }
    return results;
  }

  private Outcome append(Session session, Draft draft, long at, Map<Counter, Long> firstIds)
      throws SQLException {
    byte[] key = EventColumns.key(draft);
    Outcome repeated = key == null ? null : Outcome.repeated(draft, known(session, draft, key, at));
    if (repeated != null) {
      return repeated;
    }
    List<Event> events = new ArrayList<>(draft.channels().size());
    for (String channel : draft.channels()) {
      Counter counter = counter(session, channel);
      long id = counter.last + 1;
      insert(session, counter.channel, id, draft, at);
      if (key != null) {
        remember(session, counter.channel, key, id, at);
      }
      firstIds.putIfAbsent(counter, id);
      counter.last = id;
      appended.increment();
      events.add(NewEvent.of(draft, channel, id, at));
    }
    return Outcome.stored(events);
  }

  /** Drops the remembered counters: the transaction was rolled back. */
  void forget() {
    counters.clear();
    dataVersion = -1;
  }

  private void forgetIfOthersWrote(Session session) throws SQLException {
    long now = session.number("PRAGMA data_version", -1);
    if (now != dataVersion) {
      Epoch.check(epoch, Epoch.read(session));
      counters.clear();
      dataVersion = now;
    }
  }

  private Counter counter(Session session, String channel) throws SQLException {
    Counter known = counters.get(channel);
    if (known != null) {
      return known;
    }
    Counter found = session.first(
        "SELECT no, last FROM $channel WHERE name = ?",
        row -> new Counter(row.getLong(1), row.getLong(2)),
        channel);
    if (found == null) {
      long no = session.number("INSERT INTO $channel (name) VALUES (?) RETURNING no", 0, channel);
      found = new Counter(no, 0);
    }
    counters.put(channel, found);
    return found;
  }

  private static void insert(Session session, long channel, long id, Draft draft, long at)
      throws SQLException {
    PreparedStatement insert = session.statement(INSERT_EVENT);
    insert.setLong(1, channel);
    insert.setLong(2, id);
    insert.setString(3, draft.type());
    insert.setString(4, draft.data());
    insert.setString(5, EventColumns.joinUsers(draft.skippedUsers()));
    insert.setLong(6, at);
    insert.executeUpdate();
  }

  /** The events of the key in the last 24 h, by channel. */
  private Map<String, Event> known(Session session, Draft draft, byte[] key, long now)
      throws SQLException {
    Map<String, Event> known = new HashMap<>();
    for (String channel : draft.channels()) {
      Event event = known(session, counter(session, channel).channel, channel, key, draft, now);
      if (event != null) {
        known.put(channel, event);
      }
    }
    return known;
  }

  private static @Nullable Event known(
      Session session, long number, String channel, byte[] key, Draft draft, long now)
      throws SQLException {
    long since = now - Periods.IDEMPOTENCY_MEMORY.toMillis();
    return session.first("""
        SELECT k.id, k.at, e.type, e.data, e.skip_users
        FROM $idempotency k LEFT JOIN $event e ON e.channel = k.channel AND e.id = k.id
        WHERE k.channel = ? AND k.key = ? AND k.at > ?""", row -> known(row, channel, draft), number, key, since);
  }

  private static Event known(ResultSet row, String channel, Draft draft) throws SQLException {
    long id = row.getLong(1);
    long at = row.getLong(2);
    String type = row.getString(3);
    if (type == null) {
      // The event was trimmed since; the draft most likely has the same content.
      return NewEvent.of(draft, channel, id, at);
    }
    return new Event(
        channel,
        id,
        type,
        row.getString(4),
        EventColumns.splitUsers(row.getString(5)),
        Instant.ofEpochMilli(at));
  }

  private static void remember(Session session, long channel, byte[] key, long id, long at)
      throws SQLException {
    session.update("""
        INSERT INTO $idempotency (channel, key, id, at) VALUES (?, ?, ?, ?)
        ON CONFLICT (channel, key) DO UPDATE SET id = excluded.id, at = excluded.at""", channel, key, id, at);
  }

  private void advance(Session session, Map<Counter, Long> firstIds, long at) throws SQLException {
    List<IdRange> moved = new ArrayList<>(firstIds.size());
    PreparedStatement update = session.statement("UPDATE $channel SET last = ? WHERE no = ?");
    for (Map.Entry<Counter, Long> entry : firstIds.entrySet()) {
      Counter counter = entry.getKey();
      update.setLong(1, counter.last);
      update.setLong(2, counter.channel);
      update.executeUpdate();
      moved.add(new IdRange(counter.channel, entry.getValue(), counter.last));
    }
    PreparedStatement batch =
        session.statement("INSERT INTO $batch (writer, at, moved) VALUES (?, ?, ?)");
    batch.setLong(1, self);
    batch.setLong(2, at);
    batch.setString(3, IdRange.write(moved));
    batch.executeUpdate();
  }
}
