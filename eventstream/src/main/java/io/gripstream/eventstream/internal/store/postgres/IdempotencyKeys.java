package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.core.NewEvent;
import io.gripstream.eventstream.internal.store.core.Periods;
import io.gripstream.eventstream.internal.store.sql.EventColumns;
import io.gripstream.eventstream.internal.store.sql.Session;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The idempotency keys of one transaction's drafts in PostgreSQL. The channels' rows are locked, so
 * no other process adds keys to these channels meanwhile.
 */
final class IdempotencyKeys {
  private static final String FIND = """
      SELECT k.channel, k.key, k.id, k.at, e.type, e.data, e.skip_users
      FROM unnest(?::bigint[], ?::bytea[]) AS asked (channel, key)
      JOIN $idempotency k ON k.channel = asked.channel AND k.key = asked.key AND k.at > ?
      LEFT JOIN $event e ON e.channel = k.channel AND e.id = k.id""";
  private static final String WRITE = """
      INSERT INTO $idempotency (channel, key, id, at)
      SELECT k.*, ? FROM unnest(?::bigint[], ?::bytea[], ?::bigint[]) AS k
      ON CONFLICT (channel, key) DO UPDATE SET id = excluded.id, at = excluded.at""";

  private final Map<Key, KeyRow> rows = new HashMap<>();
  private final Map<Key, Event> added = new HashMap<>();

  /** Compares the bytes of the key; a byte array would not. */
  private record Key(long channel, ByteBuffer key) {
    byte[] bytes() {
      byte[] bytes = new byte[key.remaining()];
      key.duplicate().get(bytes);
      return bytes;
    }
  }

  /** An existing key, with its event unless that was trimmed. */
  private record KeyRow(
      long id,
      long at,
      @Nullable String type,
      byte @Nullable [] data,
      @Nullable String skipUsers) {
    Event event(Draft draft, String channel) {
      if (type == null || data == null) {
        return NewEvent.of(draft, channel, id, at);
      }
      return new Event(
          channel,
          id,
          type,
          new String(data, StandardCharsets.UTF_8),
          EventColumns.splitUsers(skipUsers),
          Instant.ofEpochMilli(at));
    }
  }

  private IdempotencyKeys() {}

  /** For drafts without keys. */
  static IdempotencyKeys none() {
    return new IdempotencyKeys();
  }

  static IdempotencyKeys find(Session session, List<Draft> drafts, ChannelNumbers numbers, long now)
      throws SQLException {
    IdempotencyKeys keys = new IdempotencyKeys();
    List<Long> channels = new ArrayList<>();
    List<byte[]> asked = new ArrayList<>();
    for (Draft draft : drafts) {
      byte[] key = EventColumns.key(draft);
      if (key != null) {
        for (String channel : draft.channels()) {
          channels.add(numbers.of(channel));
          asked.add(key);
        }
      }
    }
    if (!asked.isEmpty()) {
      session
          .list(
              FIND,
              IdempotencyKeys::entry,
              session.connection().createArrayOf("bigint", channels.toArray()),
              session.connection().createArrayOf("bytea", asked.toArray(byte[][]::new)),
              now - Periods.IDEMPOTENCY_MEMORY.toMillis())
          .forEach(entry -> keys.rows.put(entry.getKey(), entry.getValue()));
    }
    return keys;
  }

  private static Map.Entry<Key, KeyRow> entry(ResultSet row) throws SQLException {
    return Map.entry(
        new Key(row.getLong(1), ByteBuffer.wrap(row.getBytes(2))),
        new KeyRow(
            row.getLong(3), row.getLong(4), row.getString(5), row.getBytes(6), row.getString(7)));
  }

  /** The events of the draft's key, by channel. */
  Map<String, Event> events(Draft draft, ChannelNumbers numbers) {
    byte[] bytes = EventColumns.key(draft);
    if (bytes == null) {
      return Map.of();
    }
    Map<String, Event> events = new HashMap<>();
    for (String channel : draft.channels()) {
      Key key = new Key(numbers.of(channel), ByteBuffer.wrap(bytes));
      KeyRow row = rows.get(key);
      Event event = row == null ? added.get(key) : row.event(draft, channel);
      if (event != null) {
        events.put(channel, event);
      }
    }
    return events;
  }

  /**
   * Leaves out drafts whose key exists in one of their channels, and drafts with the key of an
   * earlier one.
   */
  List<Draft> onlyNew(List<Draft> drafts, ChannelNumbers numbers) {
    Set<Key> seen = new HashSet<>(rows.keySet());
    return drafts.stream().filter(draft -> isNew(draft, numbers, seen)).toList();
  }

  private static boolean isNew(Draft draft, ChannelNumbers numbers, Set<Key> seen) {
    byte[] bytes = EventColumns.key(draft);
    if (bytes == null) {
      return true;
    }
    List<Key> own = draft.channels().stream()
        .map(channel -> new Key(numbers.of(channel), ByteBuffer.wrap(bytes)))
        .toList();
    return Collections.disjoint(own, seen) && seen.addAll(own);
  }

  void remember(long channel, Draft draft, Event event) {
    byte[] bytes = EventColumns.key(draft);
    if (bytes != null) {
      added.put(new Key(channel, ByteBuffer.wrap(bytes)), event);
    }
  }

  void write(Session session, long at) throws SQLException {
    if (added.isEmpty()) {
      return;
    }
    List<Long> channels = new ArrayList<>();
    List<byte[]> keys = new ArrayList<>();
    List<Long> ids = new ArrayList<>();
    added.forEach((key, event) -> {
      channels.add(key.channel);
      keys.add(key.bytes());
      ids.add(event.id());
    });
    session.update(
        WRITE,
        at,
        session.connection().createArrayOf("bigint", channels.toArray()),
        session.connection().createArrayOf("bytea", keys.toArray(byte[][]::new)),
        session.connection().createArrayOf("bigint", ids.toArray()));
  }
}
