package io.gripstream.app.api;

import io.gripstream.eventstream.Sent;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher is told.
 *
 * @param id null on an unreliable channel
 * @param position null on an unreliable channel
 */
public record PublishedJson(
    String channel, @Nullable Long id, @Nullable String position) {
  public static PublishedJson of(Sent sent) {
    return new PublishedJson(
        sent.channel(), sent.position() == null ? null : sent.id(), sent.position());
  }
}
