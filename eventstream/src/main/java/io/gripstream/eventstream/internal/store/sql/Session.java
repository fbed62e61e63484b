package io.gripstream.eventstream.internal.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection with its prepared statements, used by one thread at a time. In SQL texts {@code $}
 * stands for the table prefix.
 */
public final class Session implements AutoCloseable {
  private static final int NUMBERS_AT_ONCE = 100;

  /** Few, since each may have a megabyte. */
  private static final int ROWS_AT_ONCE = 64;

  private static final String PLACES = "?" + ", ?".repeat(NUMBERS_AT_ONCE - 1);

  /** No channel and no batch has this number. */
  private static final Long NO_NUMBER = -1L;

  private final Connection connection;
  private final String prefix;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  public Session(Connection connection, String prefix) {
    this.connection = connection;
    this.prefix = prefix;
  }

  /** Makes an object from the current row. */
  public interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  public Connection connection() {
    return connection;
  }

  /** The statement for a text, prepared once. The texts are constants, so there are few. */
  public PreparedStatement statement(String sql) throws SQLException {
    PreparedStatement known = prepared.get(sql);
    if (known == null) {
      known = connection.prepareStatement(sql.replace("$", prefix));
      prepared.put(sql, known);
    }
    return known;
  }

  /** Executes, and returns the number of changed rows. */
  public int update(String sql, @Nullable Object... values) throws SQLException {
    return bound(sql, values).executeUpdate();
  }

  public <T> List<T> list(String sql, Row<T> row, @Nullable Object... values) throws SQLException {
    try (ResultSet rows = bound(sql, values).executeQuery()) {
      List<T> list = new ArrayList<>();
      while (rows.next()) {
        list.add(row.of(rows));
      }
      return list;
    }
  }

  /** Something done with the current row. */
  interface Visit {
    void to(ResultSet row) throws SQLException;
  }

  /**
   * Visits the rows one after another, of which only a few are in memory. PostgreSQL does this
   * within a transaction only.
   */
  void each(String sql, Visit visit, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = bound(sql, values);
    statement.setFetchSize(ROWS_AT_ONCE);
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        visit.to(rows);
      }
    }
  }

  /**
   * Same as {@link #list}, for any count of numbers, a hundred at a time. They replace
   * {@code NUMBERS} in the text, after the other values.
   */
  <T> List<T> listByNumbers(
      String sql, Row<T> row, Collection<Long> numbers, @Nullable Object... others)
      throws SQLException {
    List<T> list = new ArrayList<>();
    for (@Nullable Object[] values : portions(numbers, others)) {
      list.addAll(list(sql.replace("NUMBERS", PLACES), row, values));
    }
    return list;
  }

  /** Same as {@link #update}, for any count of numbers, as {@link #listByNumbers}. */
  void updateByNumbers(String sql, Collection<Long> numbers) throws SQLException {
    for (@Nullable Object[] values : portions(numbers)) {
      update(sql.replace("NUMBERS", PLACES), values);
    }
  }

  private static List<@Nullable Object[]> portions(
      Collection<Long> numbers, @Nullable Object... others) {
    List<@Nullable Object[]> portions = new ArrayList<>();
    Iterator<Long> next = numbers.iterator();
    while (next.hasNext()) {
      @Nullable Object[] values = Arrays.copyOf(others, others.length + NUMBERS_AT_ONCE);
      for (int i = others.length; i < values.length; i++) {
        values[i] = next.hasNext() ? next.next() : NO_NUMBER;
      }
      portions.add(values);
    }
    return portions;
  }

  /** The first row, or null if there is none. */
  public <T> @Nullable T first(String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    try (ResultSet rows = bound(sql, values).executeQuery()) {
      return rows.next() ? row.of(rows) : null;
    }
  }

  /** The number in the first column of the first row, or {@code none}. */
  public long number(String sql, long none, @Nullable Object... values) throws SQLException {
    Long found = first(sql, row -> row.getLong(1), values);
    return found == null ? none : found;
  }

  private PreparedStatement bound(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = statement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  /** Closes the connection too, in any state. */
  public void discard() {
    try (connection) {
      close();
    } catch (SQLException ignored) {
      // It is discarded anyway; the cause was reported before.
    }
  }

  /** Closes the statements; the connection belongs to its creator. */
  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
  }
}
