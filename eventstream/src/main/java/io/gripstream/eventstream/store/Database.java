package io.gripstream.eventstream.store;

import java.sql.SQLException;

/** Short pieces of work on a database. Every failure is a {@link StoreException}. */
interface Database {
  /** Reads at one snapshot. Blocks. */
  <T> T read(Work<T> work);

  /** Reads and writes in a transaction of its own. Blocks. */
  <T> T write(Work<T> work);

  interface Work<T> {
    T in(Session session) throws SQLException;
  }
}
