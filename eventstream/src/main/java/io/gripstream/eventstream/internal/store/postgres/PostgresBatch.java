package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.core.NewEvent;
import io.gripstream.eventstream.internal.store.core.Outcome;
import io.gripstream.eventstream.internal.store.sql.Epoch;
import io.gripstream.eventstream.internal.store.sql.EventColumns;
import io.gripstream.eventstream.internal.store.sql.IdRange;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The events of one transaction, and the row that describes it. One statement gives ids and inserts
 * any number of events, so without keys it needs no transaction around it: one round trip. Every
 * process locks the counter rows in the order of their numbers, so there is no deadlock. A locked
 * row is read in its newest state, not in that of the statement's beginning.
 *
 * <p>Used by the writer thread only, in this order: {@link #findKeys} if it {@link #hasKeys},
 * {@link #store}, {@link #appended}, {@link #storeKeys}.
 */
final class PostgresBatch {
  private static final String LOCK =
      "SELECT no FROM $channel WHERE no = ANY (?) ORDER BY no FOR UPDATE";

  /** Does and returns nothing if a channel is missing or the storage was replaced. */
  private static final String STORE = """
      WITH locked AS (
        SELECT no, last FROM $channel WHERE no = ANY (?) ORDER BY no FOR UPDATE),
      counter AS (
        SELECT l.no, l.last, m.count
        FROM locked l JOIN unnest(?::bigint[], ?::bigint[]) AS m (no, count) ON m.no = l.no
        WHERE (SELECT count(*) FROM locked) = ?
          AND (SELECT value FROM $meta WHERE name = 'epoch') = ?),
      counted AS (
        UPDATE $channel c SET last = k.last + k.count
        FROM counter k WHERE c.no = k.no AND c.no = ANY (?)),
      added AS (
        INSERT INTO $event (channel, id, type, data, skip_users, at, slot)
        SELECT k.no, k.last + e.place, e.type, e.data, e.skip_users, ?,
          (SELECT max(s.no) FROM $slot s)
        FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::bytea[], ?::text[])
          AS e (channel, place, type, data, skip_users)
        JOIN counter k ON k.no = e.channel)
      INSERT INTO $batch (writer, turn, at, moved)
      SELECT ?, ?, ?, string_agg(
        k.no || ':' || (k.last + 1) || '-' || (k.last + k.count), ',' ORDER BY k.no)
      FROM counter k HAVING count(*) > 0
      RETURNING moved""";

  private final List<Draft> drafts;
  private final ChannelNumbers numbers;
  private final String epoch;
  private final long writer;
  private final long turn;
  private final long at;
  private IdempotencyKeys keys = IdempotencyKeys.none();

  /** @param at time of acceptance in milliseconds since 1970 */
  PostgresBatch(
      List<Draft> drafts, ChannelNumbers numbers, String epoch, long writer, long turn, long at) {
    this.drafts = drafts;
    this.numbers = numbers;
    this.epoch = epoch;
    this.writer = writer;
    this.turn = turn;
    this.at = at;
  }

  /** The number that distinguishes the writer's transactions. */
  long turn() {
    return turn;
  }

  /** Number of its events, including repeated ones. */
  int size() {
    return drafts.stream().mapToInt(draft -> draft.channels().size()).sum();
  }

  boolean hasKeys() {
    return drafts.stream().anyMatch(draft -> draft.idempotencyKey() != null);
  }

  /** Locks the channels first: a statement sees only keys stored before it began. */
  void findKeys(Session session) throws SQLException {
    session.list(
        LOCK, row -> row.getLong(1), session.connection().createArrayOf("bigint", numbers.all()));
    keys = IdempotencyKeys.find(session, drafts, numbers, at);
  }

  /** Returns the given ids, as the batch row has them. */
  List<IdRange> store(Session session) throws SQLException {
    List<Draft> fresh = keys.onlyNew(drafts, numbers);
    if (fresh.isEmpty()) {
      return List.of();
    }
    Columns columns = new Columns(session.connection());
    for (Draft draft : fresh) {
      columns.add(draft, numbers);
    }
    Object channels = columns.array("bigint", columns.counts.keySet().toArray());
    String moved = session.first(
        STORE,
        row -> row.getString(1),
        channels,
        channels,
        columns.array("bigint", columns.counts.values().toArray()),
        columns.counts.size(),
        epoch,
        channels,
        at,
        columns.array("bigint", columns.channels.toArray()),
        columns.array("bigint", columns.places.toArray()),
        columns.array("text", columns.types.toArray()),
        columns.array("bytea", columns.data.toArray(byte[][]::new)),
        columns.array("text", columns.skipUsers.toArray()),
        writer,
        turn,
        at);
    if (moved == null) {
      Epoch.check(epoch, Epoch.read(session));
      throw removed(session);
    }
    return IdRange.parse(moved);
  }

  private StoreException removed(Session session) throws SQLException {
    Set<String> gone = new TreeSet<>(numbers.byName().keySet());
    gone.removeAll(session.list(
        "SELECT name FROM $channel WHERE no = ANY (?)",
        row -> row.getString(1),
        session.connection().createArrayOf("bigint", numbers.all())));
    // The other channels go on.
    return new StoreException(
        StoreException.Kind.UNAVAILABLE,
        "channels were removed from the database by hand: " + gone + "; start this process again",
        null);
  }

  /** Call it after {@link #appended}, in the transaction of {@link #findKeys}. */
  void storeKeys(Session session) throws SQLException {
    keys.write(session, at);
  }

  /** The result for each draft, from the result of {@link #store}. */
  List<Outcome> appended(List<IdRange> moved) {
    Map<Long, Long> nextIds = new HashMap<>();
    moved.forEach(one -> nextIds.put(one.channel(), one.first()));
    List<Outcome> results = new ArrayList<>(drafts.size());
    for (Draft draft : drafts) {
      Outcome repeated = Outcome.repeated(draft, keys.events(draft, numbers));
      results.add(repeated == null ? Outcome.stored(events(draft, nextIds)) : repeated);
    }
    return results;
  }

  private List<Event> events(Draft draft, Map<Long, Long> nextIds) {
    List<Event> events = new ArrayList<>(draft.channels().size());
    for (String channel : draft.channels()) {
      long number = numbers.of(channel);
      Long id = nextIds.get(number);
      if (id == null) {
        throw new IllegalStateException("no id was given in channel " + channel);
      }
      nextIds.put(number, id + 1);
      Event event = NewEvent.of(draft, channel, id, at);
      keys.remember(number, draft, event);
      events.add(event);
    }
    return events;
  }

  /** New events as columns, for {@code unnest()}. */
  private static final class Columns {
    final Connection connection;
    final Map<Long, Long> counts = new HashMap<>();
    final List<Long> channels = new ArrayList<>();
    final List<Long> places = new ArrayList<>();
    final List<String> types = new ArrayList<>();
    final List<byte[]> data = new ArrayList<>();
    final List<@Nullable String> skipUsers = new ArrayList<>();

    Columns(Connection connection) {
      this.connection = connection;
    }

    void add(Draft draft, ChannelNumbers numbers) {
      byte[] bytes = draft.data().getBytes(StandardCharsets.UTF_8);
      String skipped = EventColumns.joinUsers(draft.skippedUsers());
      for (String name : draft.channels()) {
        long channel = numbers.of(name);
        channels.add(channel);
        places.add(counts.merge(channel, 1L, Long::sum));
        types.add(draft.type());
        data.add(bytes);
        skipUsers.add(skipped);
      }
    }

    Object array(String type, @Nullable Object[] values) throws SQLException {
      return connection.createArrayOf(type, values);
    }
  }
}
