package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.internal.store.core.Confirmations;
import io.gripstream.eventstream.internal.store.core.GrantRules;
import io.gripstream.eventstream.store.ProxyLedger;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The ledger in tables: cursors per proxy and channel, and per proxy its last finished batch. */
final class SqlLedger implements ProxyLedger {
  private static final int CURSORS_PER_WRITE = 200;
  private static final String EPOCH = "(SELECT value FROM $meta WHERE name = 'epoch')";

  private final Database database;
  private final Clock clock;
  private final long self;
  private final BacklogScan scan;
  private final Confirmations confirmations = new Confirmations();

  /** @param self a random number unique to this process: the holder of leases */
  SqlLedger(Database database, Clock clock, long self, Duration unsettled) {
    this.database = database;
    this.clock = clock;
    this.self = self;
    this.scan = new BacklogScan(clock, unsettled);
  }

  @Override
  public void register(Collection<String> proxies) {
    List<String> names = List.copyOf(new TreeSet<>(proxies));
    long now = clock.millis();
    database.write(session -> {
      for (String name : names) {
        if (!isKnown(session, name, now) && !isOfFormerEpoch(session, name, now)) {
          addProxy(session, name, now);
        }
      }
      return names.size();
    });
  }

  private static boolean isKnown(Session session, String name, long now) throws SQLException {
    return session.update(
            "UPDATE $proxy SET seen_at = ? WHERE name = ? AND epoch = " + EPOCH, now, name)
        == 1;
  }

  /** After a restore, the proxy holds streams of the replaced history. */
  private static boolean isOfFormerEpoch(Session session, String name, long now)
      throws SQLException {
    return session.update(
            "UPDATE $proxy SET seen_at = ?, owes_recovery = 1, epoch = " + EPOCH
                + " WHERE name = ?",
            now,
            name)
        == 1;
  }

  private static void addProxy(Session session, String name, long now) throws SQLException {
    int added = session.update("""
        INSERT INTO $proxy (name, seen_at, owes_recovery, done_batch, epoch)
        SELECT ?, ?, 1, coalesce(max(id), 0), (SELECT value FROM $meta WHERE name = 'epoch')
        FROM $batch WHERE true
        ON CONFLICT (name) DO NOTHING""", name, now);
    if (added == 1) {
      session.update("""
          INSERT INTO $confirmed (proxy, channel, up_to)
          SELECT p.no, c.no, c.last FROM $proxy p, $channel c WHERE p.name = ? AND c.last > 0""", name);
    }
  }

  @Override
  public void confirm(String proxy, String channel, long first, long last) {
    Confirmations.checkRange(first, last);
    confirmations.add(new Confirmations.Cursor(proxy, channel), first, last, clock.millis());
  }

  /** Writes the confirmations. Blocks. */
  void flush() {
    List<Confirmations.Cursor> cursors = confirmations.cursors(clock.millis());
    for (int i = 0; i < cursors.size(); i += CURSORS_PER_WRITE) {
      List<Confirmations.Cursor> some =
          cursors.subList(i, Math.min(cursors.size(), i + CURSORS_PER_WRITE));
      Map<Confirmations.Cursor, Long> reached =
          database.writeLazily(session -> CursorRows.advance(session, some, confirmations));
      reached.forEach(confirmations::written);
    }
  }

  @Override
  public List<Backlog> backlog(String proxy, Duration age, int limit) {
    BacklogScan.@Nullable Result found =
        database.read(session -> scan.of(session, proxy, age, limit));
    if (found == null) {
      return List.of();
    }
    if (found.doneBatch() > found.formerlyDone()) {
      database.write(session -> session.update(
          "UPDATE $proxy SET done_batch = ? WHERE name = ? AND done_batch < ?",
          found.doneBatch(),
          proxy,
          found.doneBatch()));
    }
    return found.backlog();
  }

  @Override
  public void giveUp(String proxy, String channel, long upTo) {
    database.write(session -> {
      CursorRows.move(session, proxy, channel, upTo);
      return session.update("UPDATE $proxy SET owes_recovery = 1 WHERE name = ?", proxy);
    });
  }

  @Override
  public void granting(String digest) {
    long now = clock.millis();
    database.write(session -> {
      GrantRules noted = GrantRules.parse(
          session.first("SELECT value FROM $meta WHERE name = 'grants'", row -> row.getString(1)));
      GrantRules rules = GrantRules.after(noted, digest, now);
      session.update("""
          INSERT INTO $meta (name, value) VALUES ('grants', ?)
          ON CONFLICT (name) DO UPDATE SET value = excluded.value""", rules.toString());
      return rules.areNew(now) ? session.update("UPDATE $proxy SET owes_recovery = 1") : 0;
    });
  }

  @Override
  public boolean owesRecovery(String proxy) {
    return database.read(
            session -> session.number("SELECT owes_recovery FROM $proxy WHERE name = ?", 0, proxy))
        != 0;
  }

  @Override
  public void recovered(String proxy) {
    database.write(
        session -> session.update("UPDATE $proxy SET owes_recovery = 0 WHERE name = ?", proxy));
  }

  @Override
  public boolean lease(String task, Duration time) {
    long now = clock.millis();
    // Usually another process has it: reading is cheaper than trying to write.
    boolean held = database.read(session -> session.number(
            "SELECT 1 FROM $lease WHERE task = ? AND until > ? AND holder <> ?",
            0,
            task,
            now,
            self))
        == 1;
    return !held
        && database.write(session -> session.update("""
                INSERT INTO $lease (task, holder, until) VALUES (?, ?, ?)
                ON CONFLICT (task) DO UPDATE SET holder = excluded.holder, until = excluded.until
                WHERE $lease.until <= ? OR $lease.holder = excluded.holder""", task, self, now + time.toMillis(), now))
            == 1;
  }
}
