package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.store.StoreException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Short pieces of work on a database. Every failure is a {@link StoreException}. */
public interface Database {
  /** Reads at one snapshot. Blocks. */
  <T extends @Nullable Object> T read(Work<T> work);

  /** Reads and writes in a transaction of its own. Blocks. */
  <T extends @Nullable Object> T write(Work<T> work);

  /** As {@link #write}, for what may be undone by a power cut without harm. Blocks. */
  <T extends @Nullable Object> T writeLazily(Work<T> work);

  interface Work<T extends @Nullable Object> {
    T in(Session session) throws SQLException;
  }
}
