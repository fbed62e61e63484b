package io.gripstream.eventstream;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The paths under which streams are served, and how each chooses its channels. Used by one thread,
 * inside {@link EventStream#plugin}. A trailing slash makes no difference in requests.
 */
public final class StreamRoutes {
  private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");

  private static final String CHANNEL = "channel";

  /** Names of the query parameter that stands for the header {@code Last-Event-ID}. */
  static final List<String> LAST_EVENT_ID = List.of("last_event_id", "lastEventId");

  private final List<Route> routes = new ArrayList<>();

  StreamRoutes() {}

  /** Always these channels; the query is ignored. */
  public StreamRoutes fixed(String path, String... channels) {
    List<String> fixed = List.of(channels);
    return add(path, request -> fixed);
  }

  /**
   * Channels made from path parameters: {@code formats("/objects/{id}/events", "object-{id}")}; the
   * query is ignored.
   *
   * @throws IllegalArgumentException if a format names a parameter that the path does not have
   */
  public StreamRoutes formats(String path, String... formats) {
    for (String format : formats) {
      Matcher parameters = PARAMETER.matcher(format);
      while (parameters.find()) {
        if (!path.contains(parameters.group())) {
          throw new IllegalArgumentException(
              "channel format \"" + format + "\" needs the path parameter " + parameters.group()
                  + ", which \"" + path + "\" does not have");
        }
      }
    }
    List<String> all = List.of(formats);
    return add(path, request -> filled(all, request));
  }

  /**
   * Formats of channels filled from a request's path parameters, as {@link #formats} does: for a
   * handler that comes before the stream's own.
   *
   * @throws IllegalArgumentException if a format names a parameter that the path does not have
   */
  public static List<String> filled(List<String> formats, StreamRequest request) {
    return formats.stream().map(format -> fill(format, request)).toList();
  }

  /** The channel of the path parameter {@code channel}: {@code path("/events/{channel}")}. */
  public StreamRoutes path(String path) {
    if (!path.contains("{channel}")) {
      throw new IllegalArgumentException("path \"" + path + "\" has no parameter {channel}");
    }
    return add(path, request -> List.of(request.pathParam("channel")));
  }

  /** The channels of the query parameters {@code channel}: {@code /events?channel=a&channel=b}. */
  public StreamRoutes query(String path) {
    return add(path, request -> request.queryParams(CHANNEL), true);
  }

  private StreamRoutes add(String path, Function<StreamRequest, List<String>> channels) {
    return add(path, channels, false);
  }

  private StreamRoutes add(
      String path, Function<StreamRequest, List<String>> channels, boolean isQuery) {
    String bare =
        path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    routes.add(new Route(bare, channels, isQuery));
    return this;
  }

  List<Route> routes() {
    return routes;
  }

  private static String fill(String format, StreamRequest request) {
    return PARAMETER
        .matcher(format)
        .replaceAll(parameter -> Matcher.quoteReplacement(request.pathParam(parameter.group(1))));
  }

  /** @param isQuery whether the channels are those of the query */
  record Route(String path, Function<StreamRequest, List<String>> channels, boolean isQuery) {
    /** Whether a parameter of the query counts under this path. */
    boolean reads(String parameter) {
      return (isQuery && parameter.equals(CHANNEL)) || LAST_EVENT_ID.contains(parameter);
    }
  }
}
