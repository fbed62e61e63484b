package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.internal.store.core.RandomKey;
import io.gripstream.eventstream.store.KeyRing;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Signing keys in a table: the current one without {@code replaced_at}, and older ones. */
final class SqlKeys implements KeyRing {
  private final Database database;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  SqlKeys(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public List<byte[]> with(byte @Nullable [] configured) {
    return database.write(session -> {
      // Every process locks this row first, so that two of them never make two keys.
      session.update("UPDATE $meta SET value = value WHERE name = 'epoch'");
      byte[] current = session.first(
          "SELECT secret FROM $signing_key WHERE replaced_at IS NULL ORDER BY no DESC",
          row -> row.getBytes(1));
      long now = clock.millis();
      if (configured != null && !Arrays.equals(configured, current)) {
        current = replace(session, configured.clone(), now);
      } else if (current == null) {
        current = replace(session, RandomKey.make(random), now);
      }
      List<byte[]> keys = new ArrayList<>();
      keys.add(current);
      keys.addAll(session.list(
          "SELECT secret FROM $signing_key WHERE replaced_at > ? ORDER BY no DESC",
          row -> row.getBytes(1),
          now - OLD_KEY_VALID.toMillis()));
      return List.copyOf(keys);
    });
  }

  private static byte[] replace(Session session, byte[] key, long now) throws SQLException {
    session.update(
        "DELETE FROM $signing_key WHERE secret = ? OR replaced_at <= ?",
        key,
        now - OLD_KEY_VALID.toMillis());
    session.update("UPDATE $signing_key SET replaced_at = ? WHERE replaced_at IS NULL", now);
    session.update("INSERT INTO $signing_key (secret) VALUES (?)", key);
    return key;
  }
}
