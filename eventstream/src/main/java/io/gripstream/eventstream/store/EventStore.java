package io.gripstream.eventstream.store;

import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.Draft;
import java.sql.Connection;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Keeps the events of all channels and gives them their ids. It is the source of truth: a reader
 * that falls behind reads here.
 *
 * <p>Making a store does no I/O; {@link #start} does. Any thread may call the methods between
 * {@code start} and {@link #close}. Methods that block say so. A failure of the storage is a
 * {@link StoreException}.
 *
 * <p>Your own storage implements the methods without a default. With them it serves direct streams
 * of one or more processes. {@link #ledger} and {@link #keys} add proxies, {@link #revocations} the
 * server's revocations, {@link #enqueue} callers' transactions.
 */
public interface EventStore extends AutoCloseable {
  /**
   * Opens the storage, migrates its schema and starts the background work (watching other
   * processes, retention, the outbox). Blocks. Two processes may start at once. After a failure it
   * may be called again.
   *
   * @throws StoreException if the storage cannot be opened, or this store is closed
   */
  void start();

  /**
   * The identity of this storage: a few characters {@code [a-z0-9]}, made with the schema. A
   * position with another epoch has no meaning here.
   */
  String epoch();

  /**
   * The clock on which all processes of this storage agree; compare times of events with it.
   * Default: the system's.
   */
  default Clock clock() {
    return Clock.systemUTC();
  }

  /**
   * Sets the rules of channels, of which a storage applies {@link ChannelRules#historyTtl} and
   * {@link ChannelRules#historySize}; where they are empty, its options apply. Called before
   * {@link #start}; the last call has effect. Changed rules apply to stored events too. Default:
   * ignores the rules and keeps all channels alike.
   *
   * @param rules may be called from any thread; must not block
   */
  default void channelRules(Function<String, ChannelRules> rules) {}

  /**
   * Stores an event in each channel of the draft, with the next id of that channel: in all of them
   * or in none. Does not block; concurrent calls share a transaction. The future completes when all
   * of it is durable and the listeners got {@link Change.Appended}, per channel in order of the
   * ids. It fails with {@link StoreException}: nothing was stored, or, with kind
   * {@code UNKNOWN_OUTCOME}, the result is unknown.
   *
   * <p>An idempotency key applies in each channel of its draft. If it was used within 24 h in all
   * of them, nothing is stored and the future completes with the events of the first use. If it was
   * used in some of them only, nothing is stored and the future fails with
   * {@link io.gripstream.eventstream.InvalidValueException}.
   *
   * <p>If the queue of waiting drafts is full, it fails immediately with kind {@code BUSY}.
   */
  CompletableFuture<Appended> append(Draft draft);

  /**
   * Puts the draft into the outbox, within the caller's transaction. It gets no id yet and is not
   * published. After the caller's commit a sequencer (any process, one at a time) appends it; after
   * a rollback nothing is left. Blocks for one INSERT.
   *
   * @throws IllegalArgumentException if the connection is not to this store's own database
   * @throws UnsupportedOperationException if this storage has no transactions of callers
   */
  default void enqueue(Connection connection, Draft draft) {
    throw new UnsupportedOperationException("this storage has no transactions of callers");
  }

  /**
   * Reads events of one channel with ids above {@code after}, up to and including {@code upTo}, in
   * order. It returns at most {@code limit.events()} and stops once {@code limit.bytes()} are
   * reached, but returns at least one event if there is one. Blocks.
   */
  Page read(String channel, long after, long upTo, PageLimit limit);

  /**
   * The heads of the given channels; a channel without any event has {@link Head#EMPTY}. Blocks.
   */
  Map<String, Head> heads(Collection<String> channels);

  /**
   * Names of up to {@code limit} channels that ever had an event and begin with the prefix, in any
   * order. Blocks. Default: none, this storage does not list them.
   *
   * @param prefix may be empty
   * @param limit the most names to return, at least 1
   */
  default List<String> channels(String prefix, int limit) {
    return List.of();
  }

  /**
   * Removes the events of a channel up to this id, inclusive, at once. Apart from that it is like
   * retention: ids go on, and {@link Head#trimmed} moves. Idempotency keys stay, so a repeated send
   * does not bring an event back. Blocks until it is durable.
   *
   * @param upTo beyond the newest id: all events
   * @return the head afterwards; {@link Head#EMPTY} if the channel never had an event
   * @throws UnsupportedOperationException if this storage does not support it
   */
  default Head forget(String channel, long upTo) {
    throw new UnsupportedOperationException("this storage cannot forget events");
  }

  /**
   * Registers a listener for every change from now on. It gets one call at a time, on a thread of
   * the store, and must not delay that thread. Changes of this process contain the events. Changes
   * of other processes may come late, twice or together; the store polls, so a lost notification
   * costs at most a second. Close the registration to stop.
   */
  Registration onChange(Consumer<Change> listener);

  /**
   * The record of the events that each proxy has confirmed.
   *
   * @throws UnsupportedOperationException if this storage does not keep it; it then serves direct
   *     streams only
   */
  default ProxyLedger ledger() {
    throw new UnsupportedOperationException(
        "this storage does not keep what proxies confirmed: use it without proxies");
  }

  /**
   * The keys of links that proxies bring back.
   *
   * @throws UnsupportedOperationException if this storage does not keep them; it then serves direct
   *     streams only
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
   * Remarks for the operator about the use of the storage, one line each; usually none. Also logged
   * at the start.
   */
  default List<String> remarks() {
    return List.of();
  }

  /**
   * Why this store never works again, although the storage may work: another storage took the place
   * of the one that was opened, or the storage lost events, so what the process remembers is wrong.
   * Open a new store; most simply, start the process again. Empty: none is known. Does not block.
   */
  default Optional<String> fault() {
    return Optional.empty();
  }

  /** Returns whether the storage can be written now. Blocks for at most a few seconds. */
  StoreHealth check();

  /**
   * Ends the background work, waits for drafts in progress, and closes. Idempotent; may be called
   * by any thread.
   */
  @Override
  void close();

  /** A registration of a listener. Closing it ends the calls; idempotent. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
