package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.StreamRequest;
import java.util.List;
import java.util.function.Function;

/**
 * A path under which streams are served.
 *
 * @param path with parameters such as {@code {id}}, without a slash at its end
 * @param channels those that the route reads from a request
 * @param isQuery whether they are those of the query
 */
public record Route(String path, Function<StreamRequest, List<String>> channels, boolean isQuery) {
  /** The query parameter, and the path's, that has a channel. */
  public static final String CHANNEL = "channel";

  /** Names of the query parameter that stands for the header {@code Last-Event-ID}. */
  static final List<String> LAST_EVENT_ID = List.of("last_event_id", "lastEventId");

  /** Whether a parameter of the query counts under this path. */
  boolean reads(String parameter) {
    return (isQuery && parameter.equals(CHANNEL)) || LAST_EVENT_ID.contains(parameter);
  }
}
