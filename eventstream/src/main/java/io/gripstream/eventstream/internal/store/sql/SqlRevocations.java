package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.internal.store.core.RevocationRules;
import io.gripstream.eventstream.store.Revocations;
import io.gripstream.eventstream.store.TooManyRevocationsException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Revocations in a table. Each change has a number, one higher than the last. A writer holds the
 * row of that number until its commit, so no lower number appears later. A lifted entry stays for a
 * while, with a time in the past.
 */
final class SqlRevocations implements Revocations {
  private static final String TAKE_NUMBER = """
      INSERT INTO $meta AS known (name, value) VALUES ('revocation', '1')
      ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(known.value AS bigint) + 1 AS text)""";
  private static final String NUMBER =
      "SELECT CAST(value AS bigint) FROM $meta WHERE name = 'revocation'";

  private final Database database;
  private final Clock clock;

  SqlRevocations(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public void revoke(String user, String channel, Instant until) {
    RevocationRules.check(user, channel);
    long end = RevocationRules.stored(until).toEpochMilli();
    boolean isStored = database.write(session -> {
      long change = number(session);
      long others = session.number(
          "SELECT count(*) FROM $revocation WHERE until > ? AND NOT (user_id = ? AND channel = ?)",
          0,
          clock.millis(),
          user,
          channel);
      if (others >= MAX) {
        return false;
      }
      session.update("""
          INSERT INTO $revocation (user_id, channel, until, change) VALUES (?, ?, ?, ?)
          ON CONFLICT (user_id, channel)
          DO UPDATE SET until = excluded.until, change = excluded.change""", user, channel, end, change);
      return true;
    });
    if (!isStored) {
      throw new TooManyRevocationsException();
    }
  }

  @Override
  public void lift(String user, String channel) {
    RevocationRules.check(user, channel);
    database.write(session -> {
      long change = number(session);
      long now = clock.millis();
      return session.update(
          "UPDATE $revocation SET until = ?, change = ? WHERE user_id = ? AND channel = ? AND until > ?",
          now,
          change,
          user,
          channel,
          now);
    });
  }

  private static long number(Session session) throws SQLException {
    session.update(TAKE_NUMBER);
    return session.number(NUMBER, 0);
  }

  @Override
  public List<Revocation> active(@Nullable String user, int most) {
    String all = "SELECT user_id, channel, until FROM $revocation WHERE until > ?";
    String order = " ORDER BY user_id, channel LIMIT ?";
    return database.read(session -> user == null
        ? session.list(all + order, SqlRevocations::entry, clock.millis(), most)
        : session.list(
            all + " AND user_id = ?" + order, SqlRevocations::entry, clock.millis(), user, most));
  }

  @Override
  public Changes changes(long after) {
    return database.read(session -> {
      long upTo = session.number(NUMBER, 0);
      if (after == upTo && after > 0) {
        return new Changes(upTo, List.of());
      }
      String entries = "SELECT user_id, channel, until FROM $revocation WHERE ";
      return new Changes(
          upTo,
          after == 0
              ? session.list(entries + "until > ?", SqlRevocations::entry, clock.millis())
              : session.list(entries + "change > ?", SqlRevocations::entry, after));
    });
  }

  private static Revocation entry(ResultSet row) throws SQLException {
    return new Revocation(row.getString(1), row.getString(2), Instant.ofEpochMilli(row.getLong(3)));
  }
}
