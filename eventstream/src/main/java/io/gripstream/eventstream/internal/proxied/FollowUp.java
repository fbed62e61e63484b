package io.gripstream.eventstream.internal.proxied;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a follow-up link says of its stream: all that decides the answer, since the proxy sends
 * nothing of the client's request with it, and merges requests for equal paths. No nonce, and of
 * the clock at most the hour: equal streams share one link.
 *
 * @param channels in order of their names
 * @param user null: anonymous, or nothing in the stream is personal
 * @param until when the right to read ends, if it does
 * @param grant what let the stream read, if that can be taken away
 * @param epoch of the store in which the stream began; null: nothing in it is reliable
 * @param page the position to read on from, while pages follow each other; null: the proxy says
 *     where the stream stands
 * @param pageUntil when a page's link ends; null: it is none
 */
record FollowUp(
    List<String> channels,
    @Nullable String user,
    @Nullable Instant until,
    @Nullable String grant,
    @Nullable String epoch,
    @Nullable String page,
    @Nullable Instant pageUntil) {
  /** A proxy reads on at once. The end is that of an hour, so that equal streams share a link. */
  static Instant pageUntil(Instant now) {
    return now.truncatedTo(ChronoUnit.HOURS).plus(2, ChronoUnit.HOURS);
  }

  /** Whether it is a page's, and was not read on in time: somebody has kept it. */
  boolean isOldPage(Instant now) {
    return page != null && (pageUntil == null || !now.isBefore(pageUntil));
  }

  FollowUp {
    channels = List.copyOf(channels);
  }
}
