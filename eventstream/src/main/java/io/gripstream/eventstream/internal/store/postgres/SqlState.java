package io.gripstream.eventstream.internal.store.postgres;

/** The SQLSTATE codes used here, by their names in the manual of PostgreSQL, appendix A. */
final class SqlState {
  /** Codes with this beginning: the connection is lost, or there is none. */
  static final String CONNECTION = "08";

  /** Codes with this beginning: the transaction was rolled back, as by a deadlock. */
  static final String ROLLBACK = "40";

  /** Codes with this beginning: the server is shutting down or starting. */
  static final String SHUTDOWN = "57P0";

  /** The server is starting or stopping. */
  static final String CANNOT_CONNECT_NOW = "57P03";

  /** Also used if a row has no partition, as when its slot was dropped. */
  static final String CHECK_VIOLATION = "23514";

  static final String DISK_FULL = "53100";
  /** The server ended a transaction that did nothing. */
  static final String IDLE_IN_TRANSACTION_TIMEOUT = "25P03";

  static final String INSUFFICIENT_PRIVILEGE = "42501";
  static final String INVALID_PASSWORD = "28P01";
  static final String INVALID_AUTHORIZATION = "28000";
  /** A lock was not released within {@code lock_timeout}. */
  static final String LOCK_NOT_AVAILABLE = "55P03";

  /** A standby, or a read-only database. */
  static final String READ_ONLY_SQL_TRANSACTION = "25006";

  static final String TOO_MANY_CONNECTIONS = "53300";
  static final String UNDEFINED_DATABASE = "3D000";
  static final String UNDEFINED_TABLE = "42P01";
  static final String UNDEFINED_COLUMN = "42703";

  private SqlState() {}
}
