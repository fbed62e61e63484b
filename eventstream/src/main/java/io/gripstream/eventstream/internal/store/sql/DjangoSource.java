package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.internal.store.copy.Copied;
import io.gripstream.eventstream.internal.store.copy.CopySource;
import io.gripstream.eventstream.store.Revocations.Revocation;
import io.gripstream.eventstream.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tables of django-eventstream, for a copy of them. Our ids have no hole, so of a channel whose
 * events were removed in the middle only those after the last hole are copied.
 */
public final class DjangoSource implements CopySource {
  private static final String SCHEME = "django:";
  private static final String READING = "reading the tables of django-eventstream";
  private static final List<String> TABLES =
      List.of("django_eventstream_event", "django_eventstream_eventcounter");
  private static final int CHANNELS_AT_ONCE = 500;
  private static final int MOST_REMARKS = 20;
  private static final JsonMapper JSON = new JsonMapper();

  private final Engine engine;
  private final Session session;
  private final List<String> remarks = new ArrayList<>();
  private long leftOut;

  /** @param session to the database of Django; nobody else uses it */
  DjangoSource(Engine engine, Session session) {
    this.engine = engine;
    this.session = session;
  }

  /** Refuses a database without the tables. */
  DjangoSource checked() {
    boolean isThere = reading(() -> {
      try (ResultSet tables = session
          .connection()
          .getMetaData()
          .getTables(null, null, "django_eventstream_event%", null)) {
        int count = 0;
        while (tables.next()) {
          count += TABLES.contains(tables.getString("TABLE_NAME")) ? 1 : 0;
        }
        return count >= TABLES.size();
      }
    });
    if (!isThere) {
      session.discard();
      throw refused(
          "there are no tables of django-eventstream (" + String.join(", ", TABLES) + ")");
    }
    return this;
  }

  /** Whether a URL means such tables. */
  public static boolean accepts(String url) {
    return url.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  /** The URL of the database that has them. */
  public static String database(String url) {
    return url.substring(SCHEME.length());
  }

  private interface Step<T> {
    T run() throws SQLException;
  }

  private <T> T reading(Step<T> step) {
    try {
      return step.run();
    } catch (SQLException e) {
      throw engine.failure(READING, e);
    }
  }

  private static StoreException refused(String why) {
    return new StoreException(StoreException.Kind.UNAVAILABLE, why, null);
  }

  @Override
  public Copied.Identity identity() {
    return new Copied.Identity(null, null, List.of(), List.of());
  }

  @Override
  public String mark() {
    return reading(() -> {
      session.connection().rollback();
      return session.number("SELECT coalesce(max(id), 0) FROM django_eventstream_event", 0)
          + " " + session.number("SELECT count(*) FROM django_eventstream_eventcounter", 0)
          + " "
          + session.number(
              "SELECT coalesce(CAST(sum(value) AS bigint), 0) FROM django_eventstream_eventcounter",
              0);
    });
  }

  @Override
  public List<String> remarks() {
    List<String> all = new ArrayList<>(remarks);
    if (leftOut > MOST_REMARKS) {
      all.add((leftOut - MOST_REMARKS) + " more channels of these kinds");
    }
    return all;
  }

  private void remark(String what) {
    if (++leftOut <= MOST_REMARKS) {
      remarks.add(what);
    }
  }

  private record Counter(long id, String name, long value) {}

  private record Rows(long count, long first, long last) {}

  @Override
  public void channels(Consumer<List<Copied.Channel>> page) {
    List<Counter> counters = counters(0);
    while (!counters.isEmpty()) {
      List<Copied.Channel> channels = new ArrayList<>();
      for (Counter counter : counters) {
        try {
          ChannelNames.check(counter.name);
        } catch (InvalidValueException e) {
          remark("a channel whose name is not allowed: " + e.getMessage());
          continue;
        }
        Copied.Channel channel = reading(() -> channel(counter));
        if (channel.last() > 0) {
          channels.add(channel);
        }
      }
      if (!channels.isEmpty()) {
        page.accept(channels);
      }
      counters = counters(counters.get(counters.size() - 1).id);
    }
  }

  private List<Counter> counters(long after) {
    return reading(() -> session.list(
        "SELECT id, name, value FROM django_eventstream_eventcounter WHERE id > ? ORDER BY id LIMIT ?",
        row -> new Counter(row.getLong(1), row.getString(2), row.getLong(3)),
        after,
        CHANNELS_AT_ONCE));
  }

  /** Rows with the id 0 are placeholders. */
  private Copied.Channel channel(Counter counter) throws SQLException {
    Rows rows = session.first(
        "SELECT count(*), min(eid), max(eid) FROM django_eventstream_event"
            + " WHERE channel = ? AND eid > 0",
        row -> new Rows(row.getLong(1), row.getLong(2), row.getLong(3)),
        counter.name);
    if (rows == null || rows.count == 0) {
      return new Copied.Channel(counter.name, counter.value, counter.value, 0);
    }
    long last = Math.max(counter.value, rows.last);
    long first = rows.first;
    if (last - first + 1 != rows.count) {
      first = session.number("""
          SELECT coalesce(min(eid), 0) FROM (
            SELECT eid, row_number() OVER (ORDER BY eid DESC) AS place
            FROM django_eventstream_event WHERE channel = ? AND eid > 0) numbered
          WHERE eid + place = ?""", 0, counter.name, last + 1);
      first = first == 0 ? last + 1 : first;
      remark("events up to id " + (first - 1) + " of channel \"" + counter.name
          + "\", since some between were removed");
    }
    return new Copied.Channel(counter.name, last, first - 1, 0);
  }

  @Override
  public void events(List<Copied.Channel> channels, Consumer<Event> event) {
    for (Copied.Channel channel : channels) {
      if (channel.events() > 0) {
        reading(() -> {
          session.each(
              "SELECT eid, type, data, created FROM django_eventstream_event"
                  + " WHERE channel = ? AND eid > ? AND eid <= ? ORDER BY eid",
              row -> event.accept(event(channel.name(), row)),
              channel.name(),
              channel.trimmed(),
              channel.last());
          return true;
        });
      }
    }
  }

  private static Event event(String channel, ResultSet row) throws SQLException {
    long id = row.getLong(1);
    String type = row.getString(2);
    try {
      Draft draft = Draft.of(
          channel, type == null || type.isEmpty() ? "message" : type, data(row.getString(3)));
      return new Event(channel, id, draft.type(), draft.data(), Set.of(), at(row.getObject(4)));
    } catch (InvalidValueException | JacksonException | DateTimeParseException e) {
      throw refused("event " + id + " of channel \"" + channel + "\" cannot be copied: "
          + (e instanceof InvalidValueException
              ? e.getMessage()
              : "its data is not valid JSON, or its time is invalid")
          + "; remove its row, and copy again");
    }
  }

  /** What clients got: a text is written as JSON, and older versions wrote the JSON itself. */
  private static String data(String written) {
    JsonNode node = JSON.readTree(written);
    return node.isString() ? node.stringValue() : written;
  }

  private static Instant at(Object created) {
    if (created instanceof Timestamp timestamp) {
      return Instant.ofEpochMilli(timestamp.getTime());
    }
    String text = String.valueOf(created).replace(' ', 'T');
    return text.matches(".*([+-]\\d\\d:?\\d\\d|Z)")
        ? OffsetDateTime.parse(text).toInstant()
        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
  }

  @Override
  public void keys(Consumer<List<Copied.Key>> page) {}

  @Override
  public void cursors(Consumer<List<Copied.Cursor>> page) {}

  @Override
  public void revocations(Consumer<List<Revocation>> page) {}

  @Override
  public void close() {
    session.discard();
    engine.close();
  }
}
