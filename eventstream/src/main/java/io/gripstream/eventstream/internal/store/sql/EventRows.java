package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.copy.Copied;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Reads the events of a page of channels, row by row. Small channels share a statement. Used by one
 * thread.
 */
final class EventRows {
  private static final int CHANNELS_AT_ONCE = 1_000;
  private static final int SHARING = 100;
  private static final int SHARED_EVENTS = 2_000;

  private static final String PLACES = "?" + ", ?".repeat(SHARING - 1);
  private static final String COLUMNS =
      "SELECT channel, id, type, data, skip_users, at FROM $event WHERE ";
  private static final String ONE = COLUMNS + "channel = ? ORDER BY id";
  private static final String SOME = COLUMNS + "channel IN (" + PLACES + ") ORDER BY channel, id";

  private static final String CHANNELS = """
      SELECT c.no, c.name, c.last,
        coalesce((SELECT min(e.id) FROM $event e WHERE e.channel = c.no) - 1, c.last),
        coalesce(r.ttl, 0)
      FROM $channel c LEFT JOIN $retention r ON r.channel = c.no
      WHERE c.no > ? AND c.last > 0 ORDER BY c.no LIMIT ?""";

  /** Of the last page. */
  private final Map<String, Long> numbers = new LinkedHashMap<>();

  private long lastNumber = Long.MIN_VALUE;

  /** The next page of channels. */
  List<Copied.Channel> channelsAfter(Session session, long number) throws SQLException {
    numbers.clear();
    return session.list(CHANNELS, this::channel, number, CHANNELS_AT_ONCE);
  }

  /** The same page as it is now, when all of its channels are new. */
  List<Copied.Channel> again(Session session) throws SQLException {
    long before = numbers.values().stream().mapToLong(Long::longValue).min().orElse(0) - 1;
    return session.list(CHANNELS, this::channel, before, CHANNELS_AT_ONCE);
  }

  private Copied.Channel channel(ResultSet row) throws SQLException {
    lastNumber = row.getLong(1);
    numbers.put(row.getString(2), lastNumber);
    return new Copied.Channel(row.getString(2), row.getLong(3), row.getLong(4), row.getLong(5));
  }

  /** The number of the last channel that was seen. */
  long lastNumber() {
    return lastNumber;
  }

  /** The number of a channel of the page. */
  long number(String name) {
    return Objects.requireNonNull(numbers.get(name), name);
  }

  void read(Session session, Collection<Copied.Channel> channels, Consumer<Event> event)
      throws SQLException {
    List<Copied.Channel> some = new ArrayList<>();
    long count = 0;
    for (Copied.Channel channel : channels) {
      if (channel.events() == 0) {
        continue;
      }
      if (channel.events() > SHARED_EVENTS) {
        readTogether(session, List.of(channel), event);
        continue;
      }
      if (some.size() == SHARING || count + channel.events() > SHARED_EVENTS) {
        readTogether(session, some, event);
        some.clear();
        count = 0;
      }
      some.add(channel);
      count += channel.events();
    }
    readTogether(session, some, event);
  }

  private void readTogether(Session session, List<Copied.Channel> some, Consumer<Event> event)
      throws SQLException {
    if (some.isEmpty()) {
      return;
    }
    Map<Long, Copied.Channel> byNumber = new HashMap<>();
    some.forEach(channel -> byNumber.put(number(channel.name()), channel));
    List<Long> values = new ArrayList<>(byNumber.keySet());
    while (some.size() > 1 && values.size() < SHARING) {
      values.add(values.get(0));
    }
    session.each(
        some.size() == 1 ? ONE : SOME,
        row -> {
          Copied.Channel channel = Objects.requireNonNull(byNumber.get(row.getLong(1)));
          if (row.getLong(2) <= channel.last()) {
            event.accept(event(row, channel.name()));
          }
        },
        values.toArray());
  }

  private static Event event(ResultSet row, String channel) throws SQLException {
    return new Event(
        channel,
        row.getLong(2),
        row.getString(3),
        text(row, 4),
        EventColumns.splitUsers(row.getString(5)),
        Instant.ofEpochMilli(row.getLong(6)));
  }

  /** Text that some databases keep as bytes of UTF-8, and others give as such. */
  static String text(ResultSet row, int column) throws SQLException {
    byte[] bytes = row.getBytes(column);
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}
