package io.gripstream.eventstream.internal.feed;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's request for a stream, before any decision.
 *
 * @param channels as given: possibly none, too many, or invalid names
 * @param user null: anonymous
 * @param until end of the right to read; null: none
 * @param grant the credential that allows the request, if it can end
 * @param lastEventId the position that the client states
 */
public record ReadRequest(
    List<String> channels,
    @Nullable String user,
    @Nullable Instant until,
    @Nullable String grant,
    @Nullable String lastEventId) {
  public ReadRequest {
    channels = List.copyOf(channels);
  }
}
