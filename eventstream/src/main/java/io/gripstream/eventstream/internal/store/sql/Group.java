package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.internal.store.core.PendingAppend;
import java.util.ArrayList;
import java.util.List;

/**
 * The senders that share a transaction: the waiting ones, and others that come while the first are
 * being stored. If the previous transaction had N senders, it waits a moment for each of N senders.
 * Many senders send again as soon as their send returns, and one commit for all costs less than
 * two. Used by the writer thread only.
 */
final class Group implements Arrivals {
  private static final int MAX_DRAFTS = 1_000;
  private static final long MAX_WEIGHT = 4_000_000;

  private final WriteQueue queue;
  private final int expected;
  private final long until;
  private final List<PendingAppend> senders = new ArrayList<>();
  private long weight;
  private int given;

  /** @param until the {@code System.nanoTime} after which it does not wait */
  Group(WriteQueue queue, int expected, long until) {
    this.queue = queue;
    this.expected = expected;
    this.until = until;
  }

  /** Takes the waiting senders, for any result of the transaction. */
  void take() {
    List<PendingAppend> more = queue.take(MAX_DRAFTS - senders.size(), MAX_WEIGHT - weight);
    for (PendingAppend sender : more) {
      weight += sender.weight();
    }
    senders.addAll(more);
  }

  /** The senders that were taken. */
  List<PendingAppend> senders() {
    return senders;
  }

  @Override
  public List<Draft> next() {
    if (given == senders.size() && given < expected) {
      queue.awaitDraft(until - System.nanoTime());
      take();
    }
    List<Draft> drafts = new ArrayList<>(senders.size() - given);
    for (PendingAppend sender : senders.subList(given, senders.size())) {
      drafts.add(sender.draft());
    }
    given = senders.size();
    return drafts;
  }
}
