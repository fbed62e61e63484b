package io.gripstream.app.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.Sent;
import io.gripstream.eventstream.StreamPosition;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event in the form that the publisher chose.
 *
 * @param hasList whether the publisher gave a list of channels; then the answer has one too
 */
public record Publication(Draft draft, boolean hasList) {
  /** The answer to its publisher. */
  public Object answer(Sent sent) {
    return hasList ? PublishedToSeveralJson.of(sent) : PublishedJson.of(sent);
  }

  /**
   * @param id null on an unreliable channel
   * @param position null on an unreliable channel
   * @param repeated true if the idempotency key was used before, by any publisher: the answer
   *     describes the first event; else null, and left out
   */
  private record PublishedJson(
      String channel,
      @Nullable Long id,
      @Nullable String position,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean repeated) {
    static PublishedJson of(Sent sent) {
      return new PublishedJson(sent.channel(), idOf(sent.id()), positionOf(sent), repeatedOf(sent));
    }
  }

  /**
   * @param ids the id in each channel, in the order in which they were given; null on an unreliable
   *     channel
   * @param position null if no channel is reliable
   * @param repeated as of {@link PublishedJson}
   */
  private record PublishedToSeveralJson(
      Map<String, @Nullable Long> ids,
      @Nullable String position,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean repeated) {
    static PublishedToSeveralJson of(Sent sent) {
      Map<String, @Nullable Long> ids = new LinkedHashMap<>();
      sent.ids().forEach((channel, id) -> ids.put(channel, idOf(id)));
      return new PublishedToSeveralJson(ids, positionOf(sent), repeatedOf(sent));
    }
  }

  private static @Nullable Long idOf(long id) {
    return id == Event.NO_ID ? null : id;
  }

  private static @Nullable String positionOf(Sent sent) {
    return sent.position().map(StreamPosition::toString).orElse(null);
  }

  private static @Nullable Boolean repeatedOf(Sent sent) {
    return sent.isRepeated() ? true : null;
  }
}
