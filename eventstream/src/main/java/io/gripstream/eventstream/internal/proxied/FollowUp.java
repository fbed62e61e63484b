package io.gripstream.eventstream.internal.proxied;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a follow-up link: everything that decides the answer, because the proxy sends
 * nothing of the client's request and merges requests for equal paths. It contains no nonce, and of
 * the clock at most the hour, so that equal streams share one link.
 *
 * @param channels sorted by name
 * @param user null: anonymous, or nothing in the stream is personal
 * @param until end of the right to read; null: none
 * @param grant the credential that allowed the stream, if it can end
 * @param epoch of the store in which the stream began; null: no channel is reliable
 * @param page the position to read from, while pages follow each other; null: the proxy states the
 *     position of the stream
 * @param pageUntil when the link to a page ends; null: it is not a page's
 */
record FollowUp(
    List<String> channels,
    @Nullable String user,
    @Nullable Instant until,
    @Nullable String grant,
    @Nullable String epoch,
    @Nullable String page,
    @Nullable Instant pageUntil) {
  /**
   * A proxy reads on immediately. The end is that of an hour, so that equal streams share a link.
   */
  static Instant pageUntil(Instant now) {
    return now.truncatedTo(ChronoUnit.HOURS).plus(2, ChronoUnit.HOURS);
  }

  /** Whether it belongs to a page and was not followed in time: a copy of the link was kept. */
  boolean isOldPage(Instant now) {
    return page != null && (pageUntil == null || !now.isBefore(pageUntil));
  }

  FollowUp {
    channels = List.copyOf(channels);
  }
}
