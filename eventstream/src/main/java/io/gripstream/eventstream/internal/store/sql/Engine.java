package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.internal.store.copy.CopyTarget;
import io.gripstream.eventstream.internal.store.core.KeptHistory;
import io.gripstream.eventstream.internal.store.core.Outcome;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The differences between SQL backends. {@link SqlEventStore} has the shared parts. */
public interface Engine {
  /** Connects and migrates; returns the epoch. Blocks. */
  String open();

  /** Connects, migrates, and makes a new epoch; returns it. Blocks. */
  String renewEpoch();

  /** Returns whether another process or store is known to have it open. Blocks. */
  boolean isInUse();

  /** See {@link EventStore#remarks}; after {@link #open}. */
  List<String> remarks();

  /** The clock of the storage. */
  Clock clock();

  /** Returns how much of each channel is kept. */
  KeptHistory kept();

  /** Corrects the clock; call it periodically. Blocks. */
  void adjustClock();

  /** Reading and writing for threads other than the writer. */
  Database database(Writer writer);

  /**
   * Waits for its turn to write, until the given {@code System.nanoTime}. Only the writer thread
   * calls this and the two methods below.
   *
   * @throws StoreException {@code BUSY} or {@code UNAVAILABLE}; then nothing is held
   */
  void begin(long until);

  /**
   * Gives ids, stores and commits the work begun by {@link #begin}. After a {@link StoreException}
   * nothing is stored, unless its kind is {@code UNKNOWN_OUTCOME}.
   */
  List<Outcome> append(Arrivals drafts, long until);

  /** Moves some rows of the outbox into their channels; empty if there was none. */
  List<Outcome> sequence(long until);

  /**
   * Starts to report events of other processes and waiting rows of the outbox. If it fails, it may
   * be called again.
   */
  void watch(News news);

  /** Ends {@link #watch}. Blocks until the last report has ended. */
  void unwatch();

  /** Removes old events, in small steps, until none is left. */
  void trim(Database database);

  /**
   * Makes removed data unreadable in the files of the storage too, as far as the engine can.
   * Blocks.
   */
  void wipe();

  Page page(String channel, long after, long upTo, PageLimit limit);

  Map<String, Head> heads(Collection<String> channels);

  List<String> channels(String prefix, int limit);

  void enqueue(Connection connection, Draft draft) throws SQLException;

  StoreException failure(String doing, SQLException cause);

  /**
   * Opens a connection of its own that only reads and stays in a transaction, for a copy. Makes and
   * migrates nothing. Blocks.
   *
   * @throws StoreException if it cannot be read
   */
  Session reader();

  /** Connects, migrates, and makes the storage ready for a copy into it. Blocks. */
  CopyTarget target();

  /** Maximum time between getting the number of a batch and its commit. */
  Duration unsettled();

  /** Releases all connections. Idempotent. */
  void close();

  /** The thread that writes. */
  interface Writer {
    /**
     * Runs a task on that thread, between transactions, and waits for it.
     *
     * @throws StoreException the exception of the task; {@code CLOSED} after the end of the writer
     */
    <T extends @Nullable Object> T call(Supplier<T> task);
  }

  /** The listener of {@link #watch}. */
  interface News {
    void channels(Set<String> names);

    void anything();

    /** Changes elsewhere cannot be seen at the moment. */
    void failing(SQLException cause);

    void outbox();
  }
}
