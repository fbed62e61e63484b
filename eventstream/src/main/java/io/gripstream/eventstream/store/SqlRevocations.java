package io.gripstream.eventstream.store;

import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** Revocations in a table. */
final class SqlRevocations implements Revocations {
  private final Database database;
  private final Clock clock;

  SqlRevocations(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public void revoke(String user, String channel, Instant until) {
    RevocationRules.check(user, channel);
    database.write(session -> session.update("""
        INSERT INTO $revocation (user_id, channel, until) VALUES (?, ?, ?)
        ON CONFLICT (user_id, channel) DO UPDATE SET until = excluded.until""", user, channel, until.toEpochMilli()));
  }

  @Override
  public void lift(String user, String channel) {
    RevocationRules.check(user, channel);
    database.write(session ->
        session.update("DELETE FROM $revocation WHERE user_id = ? AND channel = ?", user, channel));
  }

  @Override
  public List<Revocation> active() {
    return database.read(session -> session.list(
        "SELECT user_id, channel, until FROM $revocation WHERE until > ? ORDER BY user_id, channel",
        row -> new Revocation(
            row.getString(1), row.getString(2), Instant.ofEpochMilli(row.getLong(3))),
        clock.millis()));
  }
}
