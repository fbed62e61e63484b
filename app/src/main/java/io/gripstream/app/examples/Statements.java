package io.gripstream.app.examples;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.ResourceBundle;

/** Runs SQL that stands in a file of its own, by name. Thread-safe. */
final class Statements {
  /** What is done in one transaction: all of it, or nothing. */
  interface Work {
    void in(Connection connection) throws SQLException;
  }

  private final String url;
  private final ResourceBundle sql;

  Statements(String url, String file) {
    this.url = url;
    this.sql = ResourceBundle.getBundle(file);
  }

  void transaction(Work work) {
    try (Connection connection = DriverManager.getConnection(url)) {
      connection.setAutoCommit(false);
      work.in(connection);
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException("the application's database failed", e);
    }
  }

  /** In a transaction of its own. */
  List<String> run(String name, Object... values) {
    List<String> rows = new ArrayList<>();
    transaction(connection -> rows.addAll(run(connection, name, values)));
    return rows;
  }

  /** The first column of the rows that the statements return, which take the values in turn. */
  List<String> run(Connection connection, String name, Object... values) throws SQLException {
    List<String> rows = new ArrayList<>();
    Iterator<Object> value = Arrays.asList(values).iterator();
    for (String text : sql.getString(name).split(";")) {
      try (PreparedStatement statement = connection.prepareStatement(text)) {
        int parameters = text.split("\\?", -1).length - 1;
        for (int i = 1; i <= parameters; i++) {
          statement.setObject(i, value.next());
        }
        if (statement.execute()) {
          ResultSet found = statement.getResultSet();
          while (found.next()) {
            rows.add(found.getString(1));
          }
        }
      }
    }
    return rows;
  }
}
