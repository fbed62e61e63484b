package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.StreamRequest;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * A path for streams.
 *
 * @param path with parameters such as {@code {id}}, without a trailing slash
 * @param channels reads the channels from a request
 * @param isQuery whether they come from the query
 * @param rewind maximum number of past events with which a new stream begins, if the client gives
 *     none; empty: the rules of each channel apply
 */
public record Route(
    String path,
    Function<StreamRequest, List<String>> channels,
    boolean isQuery,
    OptionalInt rewind) {
  /**
   * Name of the query parameter for the maximum number of past events with which a new stream
   * begins.
   */
  static final String REWIND = "rewind";

  /** Name of the query parameter, and of the path parameter, for a channel. */
  public static final String CHANNEL = "channel";

  /** Names of the query parameter that stands for the header {@code Last-Event-ID}. */
  static final List<String> LAST_EVENT_ID = List.of("last_event_id", "lastEventId");

  /** Returns whether a query parameter has a meaning under this path. */
  boolean reads(String parameter) {
    return (isQuery && parameter.equals(CHANNEL))
        || LAST_EVENT_ID.contains(parameter)
        || parameter.equals(REWIND);
  }
}
