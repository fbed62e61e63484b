package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.copy.Copied;
import io.gripstream.eventstream.internal.store.copy.CopyTarget;
import io.gripstream.eventstream.internal.store.copy.Unfinished;
import io.gripstream.eventstream.store.Revocations.Revocation;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a storage into which a copy is written, each step in a transaction of its own.
 * Batches are made anew: retention of SQLite goes by them, and relays find in them what a proxy
 * lacks.
 */
public final class SqlTarget implements CopyTarget {
  private static final String WRITING = "writing the copy";
  private static final int RANGES_PER_BATCH = 100;
  private static final String LEFT = """
      SELECT (SELECT count(*) FROM (SELECT 1 FROM $channel WHERE last > 0 LIMIT 1) c)
        + (SELECT count(*) FROM (SELECT 1 FROM $outbox LIMIT 1) o)
        + (SELECT count(*) FROM (SELECT 1 FROM $revocation LIMIT 1) r)""";
  private static final List<String> TABLES = List.of(
      "channel",
      "retention",
      "batch",
      "idempotency",
      "outbox",
      "proxy",
      "confirmed",
      "lease",
      "revocation",
      "signing_key");

  /** By channel, how far the proxy that lacks most of it is. */
  private static final String LACKING = """
      SELECT c.no, min(coalesce(k.up_to, 0)), c.last,
        (SELECT e.at FROM $event e WHERE e.channel = c.no AND e.id = c.last)
      FROM $proxy p CROSS JOIN $channel c
      LEFT JOIN $confirmed k ON k.proxy = p.no AND k.channel = c.no
      GROUP BY c.no, c.last HAVING min(coalesce(k.up_to, 0)) < c.last ORDER BY c.no""";

  private final Engine engine;
  private final Session session;
  private final CopyWriter writer;
  private final Clock clock;
  private final String token = Unfinished.token();
  private final EventRows events = new EventRows();
  private long last;
  private long changes;
  private Copied.@Nullable Identity identity;

  /**
   * @param session a connection of its own without auto-commit, closed at the end with the engine
   */
  public SqlTarget(Engine engine, Session session, CopyWriter writer, Clock clock) {
    this.engine = engine;
    this.session = session;
    this.writer = writer;
    this.clock = clock;
  }

  /** One transaction; null for another copy took this one's place. */
  private <T extends @Nullable Object> T transaction(boolean isBegun, Database.Work<T> work) {
    try {
      if (isBegun && !token.equals(locked())) {
        session.connection().rollback();
        throw Unfinished.replaced();
      }
      T result = work.in(session);
      session.connection().commit();
      return result;
    } catch (SQLException e) {
      rollBack();
      throw engine.failure(WRITING, e);
    }
  }

  /** Whose copy is under way. Another copy cannot begin before the transaction ends. */
  private @Nullable String locked() throws SQLException {
    session.update("UPDATE $meta SET value = value WHERE name = 'epoch'");
    return UnfinishedCopy.token(session);
  }

  private void rollBack() {
    try {
      session.connection().rollback();
    } catch (SQLException ignored) {
      // The cause is reported.
    }
  }

  @Override
  public String epoch() {
    return String.valueOf(transaction(false, Epoch::read));
  }

  @Override
  public boolean begin() {
    return transaction(false, unused -> {
      if (locked() == null && session.number(LEFT, 0) > 0) {
        return false;
      }
      writer.clear(session);
      for (String table : TABLES) {
        session.update("DELETE FROM $" + table);
      }
      session.update("DELETE FROM $meta WHERE name <> 'epoch'");
      session.update("INSERT INTO $meta (name, value) VALUES ('copy', ?)", token);
      last = session.number("SELECT coalesce(max(no), 0) FROM $channel", 0);
      return true;
    });
  }

  @Override
  public List<Copied.Channel> write(List<Copied.Channel> channels) {
    return transaction(true, unused -> {
      Map<String, Copied.Channel> byName = new HashMap<>();
      PreparedStatement insert = session.statement(
          "INSERT INTO $channel (name, last) VALUES (?, ?) ON CONFLICT (name) DO NOTHING");
      for (Copied.Channel channel : channels) {
        byName.put(channel.name(), channel);
        insert.setString(1, channel.name());
        insert.setLong(2, channel.last());
        insert.addBatch();
      }
      insert.executeBatch();
      List<Copied.Channel> fresh = new ArrayList<>();
      for (Copied.Channel channel : events.channelsAfter(session, last)) {
        Copied.Channel given = byName.get(channel.name());
        if (given != null) {
          fresh.add(given);
        }
      }
      last = Math.max(last, events.lastNumber());
      keep(fresh);
      return fresh;
    });
  }

  /** They are due at once: who looks at them then finds out when their oldest event is old. */
  private void keep(List<Copied.Channel> channels) throws SQLException {
    for (Copied.Channel channel : channels) {
      if (channel.ttl() > 0) {
        session.update(
            "INSERT INTO $retention (channel, ttl, due) VALUES (?, ?, 0)",
            events.number(channel.name()),
            channel.ttl());
      }
    }
  }

  @Override
  public void store(List<Event> some) {
    transaction(true, unused -> {
      writer.store(session, some, events::number);
      return true;
    });
  }

  @Override
  public Collection<Copied.Channel> written() {
    return transaction(true, unused -> events.again(session));
  }

  @Override
  public void events(Collection<Copied.Channel> channels, Consumer<Event> event) {
    transaction(true, unused -> {
      events.read(session, channels, event);
      return true;
    });
  }

  @Override
  public long channels() {
    return transaction(true, unused -> session.number("SELECT count(*) FROM $channel", 0));
  }

  @Override
  public void identify(Copied.Identity copied) {
    identity = copied;
    transaction(true, unused -> {
      for (int i = copied.secrets().size() - 1; i >= 0; i--) {
        Copied.Secret secret = copied.secrets().get(i);
        session.update(
            "INSERT INTO $signing_key (secret, replaced_at) VALUES (?, ?)",
            secret.bytes(),
            secret.replacedAt() == 0 ? null : secret.replacedAt());
      }
      if (copied.grants() != null) {
        session.update("INSERT INTO $meta (name, value) VALUES ('grants', ?)", copied.grants());
      }
      for (Copied.Proxy proxy : copied.proxies()) {
        session.update(
            "INSERT INTO $proxy (name, seen_at, owes_recovery, done_batch, epoch)"
                + " VALUES (?, ?, ?, 0, ?)",
            proxy.name(),
            proxy.seenAt(),
            proxy.isToRecover() ? 1L : 0L,
            proxy.isCurrent() ? copied.epoch() : null);
      }
      return true;
    });
  }

  @Override
  public void writeKeys(List<Copied.Key> keys) {
    transaction(true, unused -> {
      PreparedStatement insert = session.statement("""
          INSERT INTO $idempotency (channel, key, id, at)
          SELECT c.no, ?, ?, ? FROM $channel c WHERE c.name = ?
          ON CONFLICT (channel, key) DO NOTHING""");
      for (Copied.Key key : keys) {
        insert.setBytes(1, key.key().getBytes(StandardCharsets.UTF_8));
        insert.setLong(2, key.id());
        insert.setLong(3, key.at());
        insert.setString(4, key.channel());
        insert.addBatch();
      }
      return insert.executeBatch().length;
    });
  }

  @Override
  public void writeCursors(List<Copied.Cursor> cursors) {
    transaction(true, unused -> {
      PreparedStatement insert = session.statement("""
          INSERT INTO $confirmed (proxy, channel, up_to)
          SELECT p.no, c.no, ? FROM $proxy p JOIN $channel c ON c.name = ? WHERE p.name = ?
          ON CONFLICT (proxy, channel) DO NOTHING""");
      for (Copied.Cursor cursor : cursors) {
        insert.setLong(1, cursor.upTo());
        insert.setString(2, cursor.channel());
        insert.setString(3, cursor.proxy());
        insert.addBatch();
      }
      return insert.executeBatch().length;
    });
  }

  @Override
  public void writeRevocations(List<Revocation> revocations) {
    transaction(true, unused -> {
      for (Revocation one : revocations) {
        session.update(
            "INSERT INTO $revocation (user_id, channel, until, change) VALUES (?, ?, ?, ?)",
            one.user(),
            one.channel(),
            one.until().toEpochMilli(),
            ++changes);
      }
      return revocations.size();
    });
  }

  @Override
  public String finish() {
    String epoch = transaction(true, unused -> {
      writer.finish(session);
      batches();
      session.update(
          "INSERT INTO $meta (name, value) VALUES ('revocation', ?)", String.valueOf(changes));
      if (identity != null && identity.epoch() != null) {
        session.update("UPDATE $meta SET value = ? WHERE name = 'epoch'", identity.epoch());
      }
      session.update("DELETE FROM $meta WHERE name = 'copy'");
      return Epoch.read(session);
    });
    try {
      writer.settle();
    } catch (SQLException e) {
      throw engine.failure(WRITING, e);
    }
    return String.valueOf(epoch);
  }

  /** What proxies lack. A batch is as old as its newest event, since retention goes by it. */
  private void batches() throws SQLException {
    session.update("UPDATE $proxy SET done_batch = (SELECT coalesce(max(id), 0) FROM $batch)");
    List<IdRange> some = new ArrayList<>();
    long[] newest = {0};
    session.each(LACKING, row -> {
      some.add(new IdRange(row.getLong(1), row.getLong(2) + 1, row.getLong(3)));
      newest[0] = Math.max(newest[0], row.getLong(4));
      if (some.size() == RANGES_PER_BATCH) {
        batch(some, newest[0]);
        some.clear();
        newest[0] = 0;
      }
    });
    if (!some.isEmpty()) {
      batch(some, newest[0]);
    }
  }

  private void batch(List<IdRange> some, long newest) throws SQLException {
    writer.batch(session, some, newest == 0 ? clock.millis() : newest);
  }

  @Override
  public void close() {
    session.discard();
    engine.close();
  }
}
