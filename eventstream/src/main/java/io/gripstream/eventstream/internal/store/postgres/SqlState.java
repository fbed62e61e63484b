package io.gripstream.eventstream.internal.store.postgres;

/** The SQLSTATE codes that matter here, by the names of the manual of PostgreSQL, appendix A. */
final class SqlState {
  /** What begins like this: the connection is lost, or there is none. */
  static final String CONNECTION = "08";

  /** What begins like this: the transaction was rolled back, as by a deadlock. */
  static final String ROLLBACK = "40";

  /** What begins like this: the server goes away, or comes up. */
  static final String SHUTDOWN = "57P0";

  /** It is starting or stopping. */
  static final String CANNOT_CONNECT_NOW = "57P03";

  /** Also: no partition for a row, as when its slot was dropped. */
  static final String CHECK_VIOLATION = "23514";

  static final String DISK_FULL = "53100";
  /** The server ended a transaction that did nothing. */
  static final String IDLE_IN_TRANSACTION_TIMEOUT = "25P03";

  static final String INSUFFICIENT_PRIVILEGE = "42501";
  static final String INVALID_PASSWORD = "28P01";
  static final String INVALID_AUTHORIZATION = "28000";
  /** A lock was not released within {@code lock_timeout}. */
  static final String LOCK_NOT_AVAILABLE = "55P03";

  /** A standby, or a database that may only be read. */
  static final String READ_ONLY_SQL_TRANSACTION = "25006";

  static final String TOO_MANY_CONNECTIONS = "53300";
  static final String UNDEFINED_DATABASE = "3D000";
  static final String UNDEFINED_TABLE = "42P01";
  static final String UNDEFINED_COLUMN = "42703";

  private SqlState() {}
}
