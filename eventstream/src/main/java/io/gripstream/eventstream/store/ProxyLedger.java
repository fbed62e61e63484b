package io.gripstream.eventstream.store;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Records the events that each proxy has confirmed: one cursor over the ids per proxy and channel.
 * A lost write does no harm: the event is published again with the same id, and the proxy drops it.
 *
 * <p>Thread-safe. Proxies have names without secrets.
 */
public interface ProxyLedger {
  /**
   * Registers this process as a live publisher to these proxies; repeat it at least every 20 s. A
   * proxy new to this storage and epoch starts at the heads of all channels and owes a recovery
   * ({@link #owesRecovery}), because it may hold streams of a history that this one replaced.
   * Blocks.
   */
  void register(Collection<String> proxies);

  /**
   * Notes that the proxy confirmed the ids {@code first…last} of the channel. The cursor advances
   * only if they follow it directly. Otherwise they are remembered for a while, in case the ids
   * before them are confirmed too. Does not block: it is written in batches, within a second, with
   * appends where possible.
   */
  void confirm(String proxy, String channel, long first, long last);

  /**
   * The channels in which the proxy lacks an event stored more than {@code age} ago, oldest first,
   * at most {@code limit}. Blocks.
   */
  List<Backlog> backlog(String proxy, Duration age, int limit);

  /**
   * Moves the cursor without a confirmation: these ids will not be sent to the proxy any more, and
   * the proxy owes a recovery ({@link #owesRecovery}). Blocks.
   */
  void giveUp(String proxy, String channel, long upTo);

  /**
   * Notes the rules by which this process grants streams, when it begins to. If they differ from
   * the last noted rules, or those were noted within the last hour, every proxy owes a recovery
   * ({@link #owesRecovery}). The hour covers processes that restart one after another: a process
   * with the old rules may just have granted a stream. Blocks.
   *
   * @param rules a digest of them
   */
  void granting(String rules);

  /**
   * Returns whether the proxy owes a recovery, that is, must ask for all its clients. True if,
   * since the last call of {@link #recovered}, events were given up for it, or its epoch or the
   * rules of grants changed. Blocks.
   */
  boolean owesRecovery(String proxy);

  /** Notes that the proxy asked for all its clients. Blocks. */
  void recovered(String proxy);

  /**
   * Takes or renews the right to do a task alone among all processes. It ends by itself after
   * {@code time}. Blocks.
   *
   * @return whether this process has the right now
   */
  boolean lease(String task, Duration time);

  /**
   * The events that a proxy lacks in one channel.
   *
   * @param confirmed the cursor: everything up to this id is done
   * @param last the newest id
   */
  record Backlog(String channel, long confirmed, long last) {}
}
