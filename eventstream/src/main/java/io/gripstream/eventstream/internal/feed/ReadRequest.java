package io.gripstream.eventstream.internal.feed;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for, before anybody said yes.
 *
 * @param channels as they were given: possibly none, too many, or no names at all
 * @param user null: anonymous
 * @param until when the right to read ends, if it does
 * @param grant what lets it read, if that can be taken away
 * @param lastEventId where it says that it left off
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
