package io.gripstream.app.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.gripstream.eventstream.Sent;
import io.gripstream.eventstream.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher is told.
 *
 * @param id null on an unreliable channel
 * @param position null on an unreliable channel
 * @param repeated true if the idempotency key was used before, by any publisher: the event that is
 *     told of is the one of then; else null, and left out
 */
public record PublishedJson(
    String channel,
    @Nullable Long id,
    @Nullable String position,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean repeated) {
  public static PublishedJson of(Sent sent) {
    return new PublishedJson(
        sent.channel(),
        sent.position().isEmpty() ? null : sent.id(),
        sent.position().map(StreamPosition::toString).orElse(null),
        sent.isRepeated() ? true : null);
  }
}
