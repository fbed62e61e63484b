package io.gripstream.eventstream.store;

import java.util.List;

/**
 * What was copied from one storage into another; see {@code EventStores.copy}.
 *
 * @param epoch the identity of both; empty while the copy is under way
 * @param channels number of channels, those without stored events too
 * @param events number of stored events
 * @param bytes of the events, roughly
 * @param keys number of idempotency keys
 * @param cursors number of confirmations, one per proxy and channel
 * @param revocations number of revocations in force
 * @param remarks what was not copied although somebody may miss it, one line each
 */
public record CopyReport(
    String epoch,
    long channels,
    long events,
    long bytes,
    long keys,
    long cursors,
    long revocations,
    List<String> remarks) {
  public CopyReport {
    remarks = List.copyOf(remarks);
  }
}
