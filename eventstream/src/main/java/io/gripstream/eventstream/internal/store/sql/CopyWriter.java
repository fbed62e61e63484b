package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Event;
import java.sql.SQLException;
import java.util.List;
import java.util.function.ToLongFunction;

/** What a database does its own way when a copy is written into it, in the caller's transaction. */
public interface CopyWriter {
  /** Removes all events, and prepares for those that come. */
  void clear(Session session) throws SQLException;

  /** @param number the number of an event's channel */
  void store(Session session, List<Event> events, ToLongFunction<String> number)
      throws SQLException;

  /** Writes what it still has in memory. */
  void finish(Session session) throws SQLException;

  /** Waits until all that was committed is durable. */
  void settle() throws SQLException;

  /** Says in a batch which events some channels have. */
  void batch(Session session, List<IdRange> moved, long at) throws SQLException;
}
