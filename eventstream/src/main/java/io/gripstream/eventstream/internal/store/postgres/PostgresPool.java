package io.gripstream.eventstream.internal.store.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.gripstream.eventstream.internal.store.sql.Database;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.store.Durability;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of this process to PostgreSQL. Thread-safe.
 *
 * <p>Behind a pooler such as PgBouncer, each transaction may get another connection of the server.
 * So no state is left on a connection: settings are made in every transaction, and statements are
 * not prepared on the server. A pooler's mode cannot be seen from outside, so every pooler is
 * treated like this.
 */
final class PostgresPool implements Database {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresPool.class);
  private static final String POOLER = "a pooler is in front of PostgreSQL: statements are not"
      + " prepared on the server, and wake-ups come by the poll, every 50 ms";
  private static final int MOST = 10;

  /** Time to get a connection; a caller that may wait longer tries again. */
  private static final int ATTEMPT_MILLIS = 500;

  private static final long READ_WHILE_AWAY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final String READING = "reading";
  private static final int STATEMENT_SECONDS = 30;

  /** Maximum time for an answer, in addition to the time to wait for locks. */
  private static final Duration WORK = Duration.ofSeconds(5);

  /** Maximum time for an answer to a statement that the server may end itself. */
  private static final Duration SLOW = Duration.ofSeconds(STATEMENT_SECONDS).plus(WORK);

  /**
   * Maximum time for an answer in a migration or a copy, whose statements the server never ends.
   */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private final String url;
  private final StoreOptions options;
  private final HikariDataSource pool;
  private volatile boolean isBehindPooler;
  private volatile boolean isAway;

  PostgresPool(String url, StoreOptions options) {
    this.url = url;
    this.options = options;
    // Made this way, it connects at the first request for a connection.
    this.pool = new HikariDataSource();
  }

  /** Finds out how to work with this server. Call it once, first. Blocks. */
  void connect() {
    isBehindPooler = patiently("connecting", () -> {
      try (Connection connection = single();
          Session session = session(connection)) {
        // A pooler invents this number: no process of the server has it.
        long told = connection.unwrap(PGConnection.class).getBackendPID();
        return session.number("SELECT pg_backend_pid()", 0) != told;
      }
    });
    if (isBehindPooler) {
      LOG.info(
          "There is a pooler in front of PostgreSQL: statements are not prepared on the server,"
              + " and wake-ups come by the poll");
    }
    config().copyStateTo(pool);
  }

  /**
   * Whether another connection of a store with these tables is open, as far as this role can see. A
   * pooler keeps unused connections, so behind one this is unknown.
   */
  boolean isInUse() {
    return patiently(READING, () -> {
      try (Connection connection = single();
          Session session = session(connection)) {
        long told = connection.unwrap(PGConnection.class).getBackendPID();
        return session.number("SELECT pg_backend_pid()", 0) == told
            && session.number("""
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                  AND application_name = ?""", 0, applicationName()) > 0;
      }
    });
  }

  /** The name in the server's list of connections; it distinguishes stores with other tables. */
  private String applicationName() {
    String prefix = options.tablePrefix();
    return prefix.equals(StoreOptions.DEFAULT.tablePrefix())
        ? "gripstream"
        : "gripstream " + prefix;
  }

  /** Notes whether the server is known not to answer. While that is so, reads fail fast. */
  void away(boolean now) {
    isAway = now;
  }

  /** Whether the next transaction may get another connection of the server. */
  boolean isBehindPooler() {
    return isBehindPooler;
  }

  List<String> remarks() {
    return isBehindPooler ? List.of(POOLER) : List.of();
  }

  private HikariConfig config() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setPoolName("gripstream-store");
    config.setMaximumPoolSize(MOST);
    config.setMinimumIdle(2);
    config.setConnectionTimeout(
        Math.max(250, Math.min(ATTEMPT_MILLIS, options.busyTimeout().toMillis())));
    config.setInitializationFailTimeout(-1);
    config.setKeepaliveTime(TimeUnit.MINUTES.toMillis(1));
    config.addDataSourceProperty("ApplicationName", applicationName());
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("socketTimeout", answerSeconds());
    if (isBehindPooler) {
      config.addDataSourceProperty("prepareThreshold", "0");
    } else {
      config.setConnectionInitSql(settings("SET "));
    }
    return config;
  }

  /**
   * A process that hangs must not lock out others: the server ends its locks after a while. Plans
   * are kept, because planning a transaction takes as long as executing it, and all of these use
   * keys.
   */
  private String settings(String set) {
    long millis = options.busyTimeout().toMillis();
    return set + "lock_timeout = " + millis + "; " + set + "statement_timeout = "
        + TimeUnit.SECONDS.toMillis(STATEMENT_SECONDS) + "; " + set
        + "idle_in_transaction_session_timeout = 10000; " + set
        + "plan_cache_mode = force_generic_plan"
        + (options.durability() == Durability.RELAXED
            ? "; " + set + "synchronous_commit = off"
            : "");
  }

  /**
   * A server that stands still accepts connections and statements, and never answers. After this
   * time a connection counts as lost. It also limits a login. The address may name another time.
   */
  private String answerSeconds() {
    return String.valueOf(options.busyTimeout().plus(WORK).toSeconds());
  }

  private static void allow(Connection connection, Duration answer) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, (int) answer.toMillis());
  }

  /** As {@link #single}, for a migration or a copy. */
  Connection patient() throws SQLException {
    Connection connection = single();
    try {
      allow(connection, LONGEST);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** A connection outside the pool, which stays with its user. */
  Connection single() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", applicationName());
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("socketTimeout", answerSeconds());
    // It has few statements, and a pooler may be in front.
    properties.setProperty("prepareThreshold", "0");
    return DriverManager.getConnection(url, properties);
  }

  /** A connection of the pool, in a transaction. */
  Session begin() throws SQLException {
    Connection connection = pool.getConnection();
    try {
      connection.setAutoCommit(false);
      if (isBehindPooler) {
        try (Statement statement = connection.createStatement()) {
          statement.execute(settings("SET LOCAL "));
        }
      }
      return session(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * A connection of the pool. Each statement is its own transaction. Behind a pooler, where only
   * transactions have settings, all statements are one transaction. Call {@link #commit} in both
   * cases.
   */
  Session session() throws SQLException {
    return isBehindPooler ? begin() : session(pool.getConnection());
  }

  /** Commits if the statements did not do so themselves. */
  static void commit(Session session) throws SQLException {
    Connection connection = session.connection();
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
  }

  private Session session(Connection connection) {
    return new Session(connection, options.tablePrefix());
  }

  /** Returns it to the pool; uncommitted work is rolled back. */
  static void end(Session session) {
    Connection connection = session.connection();
    try (connection;
        session) {
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (SQLException ignored) {
      // The pool notices a broken connection itself.
    }
  }

  /** A single statement has one snapshot; several statements have one each. */
  @Override
  public <T extends @Nullable Object> T read(Work<T> work) {
    return patiently(READING, () -> {
      Session session = session();
      try {
        return work.in(session);
      } finally {
        end(session);
      }
    });
  }

  @Override
  public <T extends @Nullable Object> T write(Work<T> work) {
    return patiently("writing", () -> {
      Session session = begin();
      try {
        T result = work.in(session);
        commit(session);
        return result;
      } finally {
        end(session);
      }
    });
  }

  /** Background work, so it may take longer. */
  @Override
  public <T extends @Nullable Object> T writeLazily(Work<T> work) {
    return write(session -> {
      allow(session.connection(), SLOW);
      session.update("SET LOCAL synchronous_commit = off");
      return work.in(session);
    });
  }

  /** Work that may be done twice without harm, such as everything except appending. */
  interface Attempt<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  private <T extends @Nullable Object> T patiently(String doing, Attempt<T> attempt) {
    long start = System.nanoTime();
    long end = start + options.busyTimeout().toNanos();
    while (true) {
      try {
        return attempt.run();
      } catch (SQLException e) {
        if (pool.isClosed()) {
          throw StoreException.closed();
        }
        long now = System.nanoTime();
        boolean vain = isAway && doing.equals(READING) && now - start > READ_WHILE_AWAY_NANOS;
        if (!PostgresFailures.isPassing(e) || now - end > 0 || vain) {
          throw PostgresFailures.of(doing, e);
        }
        LockSupport.parkNanos(PAUSE);
      }
    }
  }

  /** Executes a brief statement that must not run in a transaction. */
  void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      execute(connection, sql);
    }
  }

  /** As {@link #execute(String)}, for statements that may take long. */
  void executeSlowly(String... statements) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      allow(connection, SLOW);
      execute(connection, statements);
    }
  }

  private void execute(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (isBehindPooler) {
        statement.setQueryTimeout(STATEMENT_SECONDS);
      }
      for (String sql : statements) {
        statement.execute(sql.replace("$", options.tablePrefix()));
      }
    }
  }

  void close() {
    pool.close();
  }
}
