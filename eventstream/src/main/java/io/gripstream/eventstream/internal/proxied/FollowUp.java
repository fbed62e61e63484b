package io.gripstream.eventstream.internal.proxied;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a follow-up link says of its stream: all that decides the answer, since the proxy sends
 * nothing of the client's request with it, and merges requests for equal paths. No clock and no
 * nonce: equal streams share one link.
 *
 * @param channels in order of their names
 * @param user null: anonymous, or nothing in the stream is personal
 * @param until when the right to read ends, if it does
 * @param grant what let the stream read, if that can be taken away
 * @param epoch of the store in which the stream began; null: nothing in it is reliable
 * @param page the position to read on from, while pages follow each other; null: the proxy says
 *     where the stream stands
 */
record FollowUp(
    List<String> channels,
    @Nullable String user,
    @Nullable Instant until,
    @Nullable String grant,
    @Nullable String epoch,
    @Nullable String page) {
  FollowUp {
    channels = List.copyOf(channels);
  }
}
