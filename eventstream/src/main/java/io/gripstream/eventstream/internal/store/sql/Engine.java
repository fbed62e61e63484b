package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Draft;
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

/** What the two SQL backends do differently. {@link SqlEventStore} is what they share. */
public interface Engine {
  /** Connects and migrates; returns the epoch. Blocks. */
  String open();

  /** Connects, migrates, and makes a new epoch; returns it. Blocks. */
  String renewEpoch();

  /** Whether the storage is known to be open elsewhere. Blocks. */
  boolean isInUse();

  /** See {@link EventStore#remarks}; after {@link #open}. */
  List<String> remarks();

  /** What the time is. */
  Clock clock();

  /** Makes good for clocks that drift apart; to be repeated now and then. Blocks. */
  void adjustClock();

  /** How others than the writer thread read and write. */
  Database database(Writer writer);

  /**
   * Waits for its turn to write, until the given {@code System.nanoTime}. Only the writer thread
   * calls this and the two below.
   *
   * @throws StoreException {@code BUSY} or {@code UNAVAILABLE}; then nothing is held
   */
  void begin(long until);

  /**
   * Gives ids, stores and commits what {@link #begin} began. After a {@link StoreException} nothing
   * of it is stored, unless its kind is {@code UNKNOWN_OUTCOME}.
   */
  List<Outcome> append(Arrivals drafts, long until);

  /** Moves some rows of the outbox into their channels; empty if there was nothing to do. */
  List<Outcome> sequence(long until);

  /** Starts to tell what other processes stored, and that rows wait in the outbox. */
  void watch(News news);

  /** Ends {@link #watch}. Blocks until nothing more is told. */
  void unwatch();

  /** Removes old events, in small steps, until none is left. */
  void trim(Database database);

  Page page(String channel, long after, long upTo, PageLimit limit);

  Map<String, Head> heads(Collection<String> channels);

  void enqueue(Connection connection, Draft draft) throws SQLException;

  StoreException failure(String doing, SQLException cause);

  /** How long the number of a batch may be taken before its transaction commits. */
  Duration unsettled();

  /** Gives back all connections. Idempotent. */
  void close();

  /** The thread that writes. */
  interface Writer {
    /**
     * Runs it on that thread, between transactions, and waits for it.
     *
     * @throws StoreException that of the task; {@code CLOSED} after the end of the writer
     */
    <T extends @Nullable Object> T call(Supplier<T> task);
  }

  /** The listener of {@link #watch}. */
  interface News {
    void channels(Set<String> names);

    void anything();

    /** What happens elsewhere cannot be seen now. */
    void failing(SQLException cause);

    void outbox();
  }
}
