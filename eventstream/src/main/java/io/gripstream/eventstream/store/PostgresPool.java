package io.gripstream.eventstream.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The connections of this process to PostgreSQL. Thread-safe. */
final class PostgresPool implements Database {
  private static final int MOST = 10;
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private final String url;
  private final StoreOptions options;
  private final HikariDataSource pool;

  PostgresPool(String url, StoreOptions options) {
    this.url = url;
    this.options = options;
    // Made this way, it connects when it is first asked for a connection.
    this.pool = new HikariDataSource();
    config().copyStateTo(pool);
  }

  private HikariConfig config() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setPoolName("gripstream-store");
    config.setMaximumPoolSize(MOST);
    config.setMinimumIdle(2);
    config.setConnectionTimeout(Math.max(250, options.busyTimeout().toMillis()));
    config.setInitializationFailTimeout(-1);
    config.setKeepaliveTime(TimeUnit.MINUTES.toMillis(1));
    config.setConnectionInitSql(settings());
    config.addDataSourceProperty("ApplicationName", "gripstream");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    return config;
  }

  /**
   * A process that hangs must not keep others out: whatever it holds ends after a while. Plans are
   * kept: making one for each transaction takes as long as carrying it out, and ours all go by
   * keys.
   */
  private String settings() {
    long millis = options.busyTimeout().toMillis();
    return "SET lock_timeout = " + millis
        + "; SET statement_timeout = 30000"
        + "; SET idle_in_transaction_session_timeout = 10000; SET plan_cache_mode = force_generic_plan"
        + (options.durability() == Durability.RELAXED ? "; SET synchronous_commit = off" : "");
  }

  DataSource dataSource() {
    return pool;
  }

  /** A connection outside the pool, which stays with its user. */
  Connection single() throws SQLException {
    return DriverManager.getConnection(url);
  }

  /** A connection of the pool, in a transaction. */
  Session begin() throws SQLException {
    Connection connection = pool.getConnection();
    try {
      connection.setAutoCommit(false);
      return session(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** A connection of the pool; each statement is a transaction of its own. */
  Session session() throws SQLException {
    return session(pool.getConnection());
  }

  private Session session(Connection connection) {
    return new Session(connection, options.tablePrefix());
  }

  /** Gives it back; what was not committed is rolled back. */
  static void end(Session session) {
    Connection connection = session.connection();
    try (connection;
        session) {
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (SQLException ignored) {
      // The pool notices by itself that the connection is broken.
    }
  }

  /** A single statement reads at one snapshot; more of them at one each. */
  @Override
  public <T extends @Nullable Object> T read(Work<T> work) {
    return patiently("reading", () -> {
      try (Connection connection = pool.getConnection();
          Session session = session(connection)) {
        return work.in(session);
      }
    });
  }

  @Override
  public <T extends @Nullable Object> T write(Work<T> work) {
    return patiently("writing", () -> {
      Session session = begin();
      try {
        T result = work.in(session);
        session.connection().commit();
        return result;
      } finally {
        end(session);
      }
    });
  }

  @Override
  public <T extends @Nullable Object> T writeLazily(Work<T> work) {
    return write(session -> {
      session.update("SET LOCAL synchronous_commit = off");
      return work.in(session);
    });
  }

  /** Work that may be done twice without harm, such as everything but appending. */
  interface Attempt<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  private <T extends @Nullable Object> T patiently(String doing, Attempt<T> attempt) {
    long end = System.nanoTime() + options.busyTimeout().toNanos();
    while (true) {
      try {
        return attempt.run();
      } catch (SQLException e) {
        if (pool.isClosed()) {
          throw WriteQueue.closedStore();
        }
        if (!PostgresFailures.isPassing(e) || System.nanoTime() - end > 0) {
          throw PostgresFailures.of(doing, e);
        }
        LockSupport.parkNanos(PAUSE);
      }
    }
  }

  /** Executes statements that want no transaction around them. */
  void execute(String... statements) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql.replace("$", options.tablePrefix()));
      }
    }
  }

  void close() {
    pool.close();
  }
}
