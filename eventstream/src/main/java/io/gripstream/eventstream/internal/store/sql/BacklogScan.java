package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.store.ProxyLedger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the events that a proxy lacks, in the batches after its last finished one. So the cost
 * depends on recent events, not on the number of channels.
 */
final class BacklogScan {
  private static final int MAX_BATCHES = 10_000;
  private static final String CURSORS = """
      SELECT c.no, c.name, c.last, coalesce(k.up_to, 0)
      FROM $channel c LEFT JOIN $confirmed k ON k.proxy = ? AND k.channel = c.no
      WHERE c.no IN (NUMBERS)""";

  private final Clock clock;
  private final Duration unsettled;

  /**
   * @param unsettled time for which a missing batch number may belong to a transaction that has not
   *     committed; zero if batches are committed in the order of their numbers
   */
  BacklogScan(Clock clock, Duration unsettled) {
    this.clock = clock;
    this.unsettled = unsettled;
  }

  /** The missing events, and the batch up to which the proxy is finished. */
  record Result(List<ProxyLedger.Backlog> backlog, long formerlyDone, long doneBatch) {}

  private record Proxy(long no, long doneBatch) {}

  private record Batch(long id, long at, List<IdRange> moved) {}

  private record Cursor(String channel, long last, long confirmed) {}

  @Nullable
  Result of(Session session, String name, Duration age, int limit) throws SQLException {
    Proxy proxy = session.first(
        "SELECT no, done_batch FROM $proxy WHERE name = ?",
        row -> new Proxy(row.getLong(1), row.getLong(2)),
        name);
    if (proxy == null) {
      return null;
    }
    long now = clock.millis();
    long oldEnough = now - age.toMillis();
    List<Batch> batches = session.list(
        "SELECT id, at, moved FROM $batch WHERE id > ? ORDER BY id LIMIT ?",
        row -> new Batch(row.getLong(1), row.getLong(2), IdRange.parse(row.getString(3))),
        proxy.doneBatch,
        MAX_BATCHES);
    Map<Long, Long> reached = new LinkedHashMap<>();
    for (Batch batch : batches) {
      if (batch.at > oldEnough) {
        continue;
      }
      for (IdRange moved : batch.moved) {
        reached.merge(moved.channel(), moved.last(), Math::max);
      }
    }
    Map<Long, Cursor> cursors = cursors(session, proxy.no, reached.keySet());
    List<ProxyLedger.Backlog> backlog = new ArrayList<>();
    reached.forEach((channel, last) -> {
      Cursor cursor = cursors.get(channel);
      if (cursor != null && cursor.confirmed < last && backlog.size() < limit) {
        backlog.add(new ProxyLedger.Backlog(cursor.channel, cursor.confirmed, cursor.last));
      }
    });
    long done = done(proxy.doneBatch, batches, cursors, oldEnough, now - unsettled.toMillis());
    return new Result(backlog, proxy.doneBatch, done);
  }

  private static long done(
      long from, List<Batch> batches, Map<Long, Cursor> cursors, long oldEnough, long settled) {
    long done = from;
    for (Batch batch : batches) {
      boolean unsettledGap = batch.id != done + 1 && batch.at > settled;
      if (batch.at > oldEnough || unsettledGap || !isConfirmed(batch, cursors)) {
        return done;
      }
      done = batch.id;
    }
    return done;
  }

  private static boolean isConfirmed(Batch batch, Map<Long, Cursor> cursors) {
    for (IdRange moved : batch.moved) {
      Cursor cursor = cursors.get(moved.channel());
      if (cursor != null && cursor.confirmed < moved.last()) {
        return false;
      }
    }
    return true;
  }

  private static Map<Long, Cursor> cursors(Session session, long proxy, Set<Long> channels)
      throws SQLException {
    Map<Long, Cursor> cursors = new HashMap<>();
    session
        .listByNumbers(CURSORS, BacklogScan::cursor, channels, proxy)
        .forEach(found -> cursors.put(found.getKey(), found.getValue()));
    return cursors;
  }

  private static Map.Entry<Long, Cursor> cursor(ResultSet row) throws SQLException {
    return Map.entry(row.getLong(1), new Cursor(row.getString(2), row.getLong(3), row.getLong(4)));
  }
}
