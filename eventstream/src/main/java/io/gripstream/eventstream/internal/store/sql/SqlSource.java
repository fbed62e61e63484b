package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.copy.Copied;
import io.gripstream.eventstream.internal.store.copy.CopySource;
import io.gripstream.eventstream.internal.store.core.Periods;
import io.gripstream.eventstream.store.Revocations.Revocation;
import io.gripstream.eventstream.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The tables of a storage, for a copy of it. */
final class SqlSource implements CopySource {
  private static final int ENTRIES_AT_ONCE = 1_000;
  private static final String READING = "reading what is to be copied";

  private final Engine engine;
  private final Session session;
  private final Clock clock;
  private final EventRows events = new EventRows();
  private List<String> remarks = List.of();

  /** @param session a connection of its own, closed at the end with the engine */
  SqlSource(Engine engine, Session session, Clock clock) {
    this.engine = engine;
    this.session = session;
    this.clock = clock;
  }

  private interface Step<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  /** Its transaction ends, so that no lock is held, and the next one sees what others did. */
  private <T extends @Nullable Object> T reading(Step<T> step) {
    try {
      T result = step.run();
      session.connection().rollback();
      return result;
    } catch (SQLException e) {
      throw engine.failure(READING, e);
    }
  }

  /** Refuses what cannot be copied. */
  SqlSource checked() {
    try {
      check();
      return this;
    } catch (RuntimeException e) {
      session.discard();
      throw e;
    }
  }

  private void check() {
    reading(() -> {
      if (Epoch.ofCurrentSchema(session) == null) {
        session.connection().rollback();
        throw refused("there is no storage of this version of Gripstream (with this table_prefix);"
            + " if it is of an older version, run gripstream migrate on it first");
      }
      UnfinishedCopy.check(session);
      long waiting = session.number("SELECT count(*) FROM $outbox WHERE refused IS NULL", 0);
      if (waiting > 0) {
        throw refused(
            waiting + " events of transactions wait in the outbox and have no id yet: start"
                + " a server on it for a moment, which sends them, and stop it again");
      }
      long dead = session.number("SELECT count(*) FROM $outbox", 0);
      if (dead > 0) {
        remarks = List.of(dead + " refused rows of the outbox");
      }
      return true;
    });
  }

  private static StoreException refused(String why) {
    return new StoreException(StoreException.Kind.UNAVAILABLE, why, null);
  }

  @Override
  public Copied.Identity identity() {
    return reading(() -> {
      String epoch = Epoch.read(session);
      return new Copied.Identity(
          epoch,
          session.first("SELECT value FROM $meta WHERE name = 'grants'", row -> row.getString(1)),
          session.list(
              "SELECT secret, coalesce(replaced_at, 0) FROM $signing_key ORDER BY no DESC",
              row -> new Copied.Secret(row.getBytes(1), row.getLong(2))),
          session.list(
              "SELECT name, seen_at, owes_recovery, epoch FROM $proxy ORDER BY no",
              row -> new Copied.Proxy(
                  row.getString(1),
                  row.getLong(2),
                  row.getLong(3) != 0,
                  String.valueOf(epoch).equals(row.getString(4)))));
    });
  }

  @Override
  public String mark() {
    return reading(() -> Epoch.read(session)
        + " " + session.number("SELECT coalesce(max(id), 0) FROM $batch", 0)
        + " " + session.number("SELECT count(*) FROM $channel WHERE last > 0", 0)
        + " " + session.number("SELECT coalesce(CAST(sum(last) AS bigint), 0) FROM $channel", 0));
  }

  @Override
  public List<String> remarks() {
    return remarks;
  }

  @Override
  public void channels(Consumer<List<Copied.Channel>> page) {
    long[] after = {Long.MIN_VALUE};
    List<Copied.Channel> found;
    do {
      found = reading(() -> {
        List<Copied.Channel> some = events.channelsAfter(session, after[0]);
        after[0] = events.lastNumber();
        return some;
      });
      if (!found.isEmpty()) {
        page.accept(found);
      }
    } while (!found.isEmpty());
  }

  @Override
  public void events(List<Copied.Channel> channels, Consumer<Event> event) {
    reading(() -> {
      events.read(session, channels, event);
      return true;
    });
  }

  @Override
  public void keys(Consumer<List<Copied.Key>> page) {
    pages(
        """
        SELECT c.name, k.key, k.id, k.at FROM $idempotency k JOIN $channel c ON c.no = k.channel
        WHERE k.at > ?""",
        row -> new Copied.Key(
            row.getString(1), EventRows.text(row, 2), row.getLong(3), row.getLong(4)),
        page,
        clock.millis() - Periods.IDEMPOTENCY_MEMORY.toMillis());
  }

  @Override
  public void cursors(Consumer<List<Copied.Cursor>> page) {
    pages("""
        SELECT p.name, c.name, k.up_to FROM $confirmed k
        JOIN $proxy p ON p.no = k.proxy JOIN $channel c ON c.no = k.channel""", row -> new Copied.Cursor(row.getString(1), row.getString(2), row.getLong(3)), page);
  }

  @Override
  public void revocations(Consumer<List<Revocation>> page) {
    pages(
        "SELECT user_id, channel, until FROM $revocation WHERE until > ? ORDER BY change",
        SqlSource::revocation,
        page,
        clock.millis());
  }

  private static Revocation revocation(ResultSet row) throws SQLException {
    return new Revocation(row.getString(1), row.getString(2), Instant.ofEpochMilli(row.getLong(3)));
  }

  private <T> void pages(
      String sql, Session.Row<T> row, Consumer<List<T>> page, @Nullable Object... values) {
    reading(() -> {
      List<T> some = new ArrayList<>();
      session.each(
          sql,
          found -> {
            some.add(row.of(found));
            if (some.size() == ENTRIES_AT_ONCE) {
              page.accept(some);
              some.clear();
            }
          },
          values);
      if (!some.isEmpty()) {
        page.accept(some);
      }
      return true;
    });
  }

  @Override
  public void close() {
    session.discard();
    engine.close();
  }
}
