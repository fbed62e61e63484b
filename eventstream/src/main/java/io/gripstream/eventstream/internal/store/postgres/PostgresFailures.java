package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.store.StoreException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import javax.net.ssl.SSLException;
import org.postgresql.util.PSQLException;

/** Says in a store's words what PostgreSQL says in its own. */
final class PostgresFailures {
  private PostgresFailures() {}

  static StoreException of(String doing, SQLException cause) {
    String state = state(cause);
    if (state.equals(SqlState.LOCK_NOT_AVAILABLE)) {
      return new StoreException(
          StoreException.Kind.BUSY,
          "a lock in the database was not released in time; " + doing + " was given up",
          cause);
    }
    if (isConnectionLost(cause)) {
      return new StoreException(
          StoreException.Kind.UNAVAILABLE,
          "the database cannot be reached (while " + doing + "): " + reason(cause),
          cause);
    }
    return new StoreException(
        StoreException.Kind.UNAVAILABLE,
        "the database failed (while " + doing + "): " + reason(cause),
        cause);
  }

  /** What is wrong, in a line, and where it is known what helps, that. */
  private static String reason(SQLException cause) {
    SQLException innermost = cause;
    while (innermost.getCause() instanceof SQLException deeper) {
      innermost = deeper;
    }
    for (Throwable below = innermost.getCause(); below != null; below = below.getCause()) {
      if (below instanceof UnknownHostException unknown) {
        return "the host \"" + unknown.getMessage() + "\" is unknown";
      }
      if (below instanceof SocketTimeoutException || below instanceof NoRouteToHostException) {
        return "its host does not answer; are host and port right, and does a firewall let it through";
      }
      if (below instanceof ConnectException) {
        return "nobody listens there; is PostgreSQL running, and are host and port right";
      }
      if (below instanceof SSLException) {
        return "TLS failed: " + line(below)
            + "; see sslmode and sslrootcert of the PostgreSQL JDBC driver";
      }
    }
    return ofDriver(line(innermost)) + advice(innermost);
  }

  /** What the driver says by itself, without any help. */
  private static String ofDriver(String line) {
    if (line.contains("does not support SSL")) {
      return "the server has no TLS, and sslmode in the URL wants it: set ssl = on in"
          + " postgresql.conf, or take sslmode away";
    }
    if (line.contains("no password was provided")) {
      return "a password is needed, as in postgres://USER:PASSWORD@HOST/DATABASE";
    }
    return line;
  }

  private static String line(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
  }

  private static String advice(SQLException cause) {
    return switch (state(cause)) {
      case SqlState.READ_ONLY_SQL_TRANSACTION ->
        "; it is read-only, as a standby or by default_transaction_read_only";
      case SqlState.INVALID_AUTHORIZATION ->
        line(cause).contains("no encryption") ? "; try sslmode=require in the URL" : "";
      case SqlState.INVALID_PASSWORD ->
        "; user and password of the URL must be those of a role (CREATE ROLE … LOGIN)";
      case SqlState.UNDEFINED_DATABASE -> "; make it with CREATE DATABASE";
      case SqlState.INSUFFICIENT_PRIVILEGE ->
        "; the role of the URL needs the rights of the tables' owner";
      case SqlState.DISK_FULL -> "; the disk of the database is full";
      default -> "";
    };
  }

  /** Whether the connection is of no use any more, or there is none. */
  static boolean isConnectionLost(SQLException cause) {
    String state = state(cause);
    return cause instanceof SQLTransientConnectionException
        || state.startsWith(SqlState.CONNECTION)
        || state.startsWith(SqlState.SHUTDOWN)
        || state.equals(SqlState.TOO_MANY_CONNECTIONS)
        || state.equals(SqlState.IDLE_IN_TRANSACTION_TIMEOUT);
  }

  /**
   * Whether a statement that is a transaction of its own may have been committed all the same: an
   * error that the server reports undid it, unless the server reports that it goes away.
   */
  static boolean mayBeCommitted(SQLException cause) {
    return isConnectionLost(cause)
        || !(cause instanceof PSQLException reported)
        || reported.getServerErrorMessage() == null;
  }

  /**
   * Whether trying again soon may help: besides a lost connection, a deadlock with others' locks, a
   * server that was demoted, or a slot that was dropped meanwhile.
   */
  static boolean isPassing(SQLException cause) {
    String state = state(cause);
    return isConnectionLost(cause)
        || state.startsWith(SqlState.ROLLBACK)
        || state.equals(SqlState.READ_ONLY_SQL_TRANSACTION)
        || state.equals(SqlState.CHECK_VIOLATION);
  }

  private static String state(SQLException cause) {
    String state = cause.getSQLState();
    return state == null ? "" : state;
  }
}
