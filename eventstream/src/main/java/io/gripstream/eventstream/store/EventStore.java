package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Draft;
import java.sql.Connection;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Keeps the events of all channels and gives them their ids. The truth of the system: a reader that
 * falls behind reads from here.
 *
 * <p>Making a store does no I/O; {@link #start} does. All methods but {@code start} and
 * {@link #close} may be called from any thread at any time between those two. Methods that block
 * say so; a failure of the storage is a {@link StoreException}.
 *
 * <p>A storage of your own implements the methods without a default: with those it serves direct
 * streams to one process or more. {@link #ledger} and {@link #keys} make it work with proxies,
 * {@link #revocations} with the server's revocations, {@link #enqueue} with callers' transactions.
 */
public interface EventStore extends AutoCloseable {
  /**
   * Opens the storage, migrates its schema and starts the background work (watching for other
   * processes, retention, the outbox). Blocks. Two processes may start at once.
   */
  void start();

  /** The identity of this storage: a few characters {@code [a-z0-9]}, made with the schema. */
  String epoch();

  /**
   * What the time is, on which all processes of this storage agree; to compare with events' times.
   * Default: the system's.
   */
  default Clock clock() {
    return Clock.systemUTC();
  }

  /**
   * Gives the draft the next id of its channel and stores it. Does not block; concurrent calls
   * share a transaction. The future completes when the event is durable, after
   * {@link Change.Appended} was told to the listeners, and then per channel in order of the ids. It
   * fails with {@link StoreException}: either nothing was stored, or (kind {@code UNKNOWN_OUTCOME})
   * that could not be found out.
   *
   * <p>A full queue of waiting drafts fails at once with kind {@code BUSY}.
   */
  CompletableFuture<Appended> append(Draft draft);

  /**
   * Puts the draft into the outbox, in the caller's transaction: no id yet, nothing published.
   * After the caller's commit a sequencer (any process, one at a time) appends it; after a rollback
   * nothing is left. Blocks for one INSERT.
   *
   * @throws IllegalArgumentException if the connection is not to this store's own database
   * @throws UnsupportedOperationException if this storage has no transactions of callers
   */
  default void enqueue(Connection connection, Draft draft) {
    throw new UnsupportedOperationException("this storage has no transactions of callers");
  }

  /**
   * Reads events of one channel with ids greater than {@code after} and not greater than
   * {@code upTo}, in order: at most {@code limit.events()}, and no more once {@code limit.bytes()}
   * of them are reached (always at least one, if there is one). Blocks.
   */
  Page read(String channel, long after, long upTo, PageLimit limit);

  /**
   * The heads of the given channels; a channel that never had an event has {@link Head#EMPTY}.
   * Blocks.
   */
  Map<String, Head> heads(Collection<String> channels);

  /**
   * Tells the listener of every change from now on, one call at a time, on a thread of the store,
   * which the listener must not hold up. What this process appends is told with the events. What
   * other processes append may be told late, twice or in a bundle; the store polls, so that a lost
   * notification costs at most a second. Close the registration to stop.
   */
  Registration onChange(Consumer<Change> listener);

  /**
   * Which proxy has confirmed what.
   *
   * @throws UnsupportedOperationException if this storage does not keep it: then it can serve
   *     direct streams only
   */
  default ProxyLedger ledger() {
    throw new UnsupportedOperationException(
        "this storage does not keep what proxies confirmed: use it without proxies");
  }

  /**
   * The keys of links that proxies bring back.
   *
   * @throws UnsupportedOperationException if this storage does not keep them: then it can serve
   *     direct streams only
   */
  default KeyRing keys() {
    throw new UnsupportedOperationException(
        "this storage does not keep signing keys: use it without proxies");
  }

  /**
   * The revocations of users' rights.
   *
   * @throws UnsupportedOperationException if this storage does not keep them
   */
  default Revocations revocations() {
    throw new UnsupportedOperationException("this storage does not keep revocations");
  }

  /**
   * What an operator should know of how the storage is used, one line each; most often nothing.
   * Logged at the start, too.
   */
  default List<String> remarks() {
    return List.of();
  }

  /** Whether the storage can be written now. Blocks for at most a few seconds. */
  StoreHealth check();

  /** Ends the background work, waits for drafts under way, and closes. Idempotent; any thread. */
  @Override
  void close();

  /** Ends what it stands for; idempotent. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
