package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.NoAnswer;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Explains failures of PostgreSQL in a store's own words. */
final class PostgresFailures {
  private static final String CERTIFICATE =
      "Java does not trust its certificate; name its authority with sslrootcert=FILE in the URL";
  private static final String NO_TLS =
      "no TLS could be agreed on; see sslmode of the PostgreSQL JDBC driver";
  private static final Pattern NAME = Pattern.compile("\"[^\"]+\"");

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

  /** The fault in one line, with advice where there is any. */
  private static String reason(SQLException cause) {
    SQLException innermost = cause;
    while (innermost.getCause() instanceof SQLException deeper) {
      innermost = deeper;
    }
    for (Throwable below = innermost.getCause(); below != null; below = below.getCause()) {
      if (below instanceof UnknownHostException unknown) {
        return "the host \"" + unknown.getMessage() + "\" is unknown";
      }
      if (below instanceof SocketTimeoutException && "Read timed out".equals(below.getMessage())) {
        return "it did not answer in time; is it overloaded, or does it stand still";
      }
      if (below instanceof SocketTimeoutException || below instanceof NoRouteToHostException) {
        return "its host does not answer; are host and port right, and does a firewall let it through";
      }
      if (below instanceof ConnectException) {
        return "no program listens there; is PostgreSQL running, and are host and port right";
      }
      if (below instanceof SSLException tls) {
        return NoAnswer.isOfCertificate(tls) ? CERTIFICATE : NO_TLS;
      }
    }
    if (innermost instanceof PSQLException reported) {
      ServerErrorMessage server = reported.getServerErrorMessage();
      return server == null ? ofDriver(reported) : ofServer(reported, server);
    }
    return innermost instanceof SQLTransientConnectionException
        ? "no connection became free in time"
        : "the connections to it are closed";
  }

  /** A refusal by the driver, whose own words name its classes and options. */
  private static String ofDriver(PSQLException failure) {
    String words = String.valueOf(failure.getMessage());
    if (words.contains("does not support SSL")) {
      return "the server has no TLS, and sslmode in the URL requires it: set ssl = on in"
          + " postgresql.conf, or remove sslmode";
    }
    if (words.contains("no password was provided")) {
      return "a password is needed, as in postgres://USER:PASSWORD@HOST/DATABASE";
    }
    if (words.contains("certificate")) {
      return "the certificate of its authority cannot be read; name it with sslrootcert=FILE in the"
          + " URL";
    }
    if (words.contains("hostname")) {
      return "its certificate is for another host";
    }
    return "the connection broke, or another program than PostgreSQL answers there";
  }

  private static String ofServer(PSQLException failure, ServerErrorMessage server) {
    String words = Objects.requireNonNullElse(server.getMessage(), "");
    return switch (state(failure)) {
      case SqlState.READ_ONLY_SQL_TRANSACTION ->
        "it is read-only, as a standby or by default_transaction_read_only";
      case SqlState.INVALID_AUTHORIZATION ->
        words.contains("no encryption")
            ? "the server accepts no connection without TLS; try sslmode=require in the URL"
            : "the server does not accept the user" + quoted(words)
                + "; does this role exist, and does pg_hba.conf accept it from here?";
      case SqlState.INVALID_PASSWORD ->
        "the password of the user" + quoted(words)
            + " is wrong; user and password of the URL must be those of a role (CREATE ROLE …"
            + " LOGIN)";
      case SqlState.UNDEFINED_DATABASE ->
        "there is no database" + quoted(words) + "; make it with CREATE DATABASE";
      case SqlState.INSUFFICIENT_PRIVILEGE ->
        "the role of the URL may not do this; it needs the rights of the tables' owner";
      case SqlState.UNDEFINED_TABLE, SqlState.UNDEFINED_COLUMN ->
        "the table or column" + quoted(words)
            + " is missing; was it removed by hand? Put back a backup";
      case SqlState.TOO_MANY_CONNECTIONS ->
        "all its connections are in use; raise max_connections, or run fewer processes";
      case SqlState.DISK_FULL -> "its disk is full";
      case SqlState.CANNOT_CONNECT_NOW -> "it is starting or stopping; it is tried again";
      // A server or pooler may write any text; its log contains it too.
      default -> "its server says \"" + line(words) + "\" (SQLSTATE " + state(failure) + ")";
    };
  }

  /** The quoted name in a message; empty if the server's language uses other quotation marks. */
  private static String quoted(String words) {
    Matcher name = NAME.matcher(words);
    return name.find() ? " " + name.group() : "";
  }

  private static String line(String words) {
    return words.lines().findFirst().orElse("");
  }

  /** Whether the connection is useless now, or there is none. */
  static boolean isConnectionLost(SQLException cause) {
    String state = state(cause);
    return cause instanceof SQLTransientConnectionException
        || state.startsWith(SqlState.CONNECTION)
        || state.startsWith(SqlState.SHUTDOWN)
        || state.equals(SqlState.TOO_MANY_CONNECTIONS)
        || state.equals(SqlState.IDLE_IN_TRANSACTION_TIMEOUT);
  }

  /**
   * Whether a statement that is its own transaction may have been committed anyway. An error that
   * the server reports undid it, unless the server reports that it is shutting down.
   */
  static boolean mayBeCommitted(SQLException cause) {
    return isConnectionLost(cause)
        || !(cause instanceof PSQLException reported)
        || reported.getServerErrorMessage() == null;
  }

  /**
   * Whether another try may soon help: after a lost connection, a deadlock, a demoted server, or a
   * slot that was dropped meanwhile.
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
