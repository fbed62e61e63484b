package io.gripstream.eventstream.store;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Which proxy has confirmed what: per proxy and channel one cursor over the ids. Lost writes are
 * harmless, since a repeated publish bears the same id and a proxy drops it.
 *
 * <p>Thread-safe. Proxies are known by a name without secrets.
 */
public interface ProxyLedger {
  /**
   * Says that a live process publishes to these proxies; to be repeated at least every 20 s. A name
   * never seen before in this storage and epoch starts at the heads of all channels, and owes its
   * clients a question to storage ({@link #owesRecovery}): the proxy may hold streams of a history
   * that this one replaced. Blocks.
   */
  void register(Collection<String> proxies);

  /**
   * Notes that the proxy confirmed the ids {@code first…last} of the channel. The cursor advances
   * only if they join on to it; else they are kept in mind, for a while, in case the ids before
   * them are confirmed too. Does not block: written in batches, within a second, together with
   * appends where it can be.
   */
  void confirm(String proxy, String channel, long first, long last);

  /**
   * The channels in which the proxy lacks an event stored more than {@code age} ago, oldest first,
   * at most {@code limit}. Blocks.
   */
  List<Backlog> backlog(String proxy, Duration age, int limit);

  /**
   * Moves the cursor on without a confirmation: these ids will not be sent to the proxy any more,
   * and it owes its clients a question to storage ({@link #owesRecovery}). Blocks.
   */
  void giveUp(String proxy, String channel, long upTo);

  /**
   * Says by which rules a process grants streams, when it begins to. If they are others than those
   * that were said last, or came within the last hour, every proxy owes its clients a question
   * ({@link #owesRecovery}). An hour, because processes take over new rules one after the other,
   * and one with the old rules may just have answered for a stream. Blocks.
   *
   * @param rules a digest of them
   */
  void granting(String rules);

  /**
   * Whether the clients of the proxy have to be asked for: events were given up for it, its epoch
   * or the rules of grants changed, since {@link #recovered} was last called. Blocks.
   */
  boolean owesRecovery(String proxy);

  /** The proxy asked for all its clients. Blocks. */
  void recovered(String proxy);

  /**
   * Takes or renews the right to do something alone among all processes. Ends by itself after
   * {@code time}. Blocks.
   *
   * @return whether this process has it now
   */
  boolean lease(String task, Duration time);

  /**
   * What a proxy lacks in one channel.
   *
   * @param confirmed the cursor: everything up to this id is done
   * @param last the newest id
   */
  record Backlog(String channel, long confirmed, long last) {}
}
