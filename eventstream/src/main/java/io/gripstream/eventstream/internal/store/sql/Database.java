package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.store.StoreException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Runs short pieces of work on a database. Every failure is a {@link StoreException}. */
public interface Database {
  /** Reads in one snapshot. Blocks. */
  <T extends @Nullable Object> T read(Work<T> work);

  /** Reads and writes in its own transaction. Blocks. */
  <T extends @Nullable Object> T write(Work<T> work);

  /** Same as {@link #write}, for work that a power cut may undo without harm. Blocks. */
  <T extends @Nullable Object> T writeLazily(Work<T> work);

  interface Work<T extends @Nullable Object> {
    T in(Session session) throws SQLException;
  }
}
