package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.serve.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The paths of streams, and the channels of each. Used by one thread, while the plugin of a web
 * framework is made.
 *
 * <p>A path begins with {@code /} and may have parameters, written {@code {name}}, each for one
 * segment; {@code <name>} and {@code *} are refused. A trailing slash makes no difference in
 * requests.
 */
public final class StreamRoutes {
  private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");

  private final List<Route> routes = new ArrayList<>();

  StreamRoutes() {}

  /**
   * Adds a path with fixed channels; the query is ignored: {@code channels("/feed", "news",
   * "weather")}.
   *
   * @throws IllegalArgumentException if the path breaks the rule above
   */
  public StreamRoutes channels(String path, String... channels) {
    List<String> fixed = List.of(channels);
    return add(path, request -> fixed);
  }

  /**
   * Adds a path whose parameters fill templates of channels; the query is ignored:
   * {@code template("/objects/{id}/events", "object-{id}")}.
   *
   * @throws IllegalArgumentException if a template names a parameter that the path does not have,
   *     or the path breaks the rule above
   */
  public StreamRoutes template(String path, String... templates) {
    for (String template : templates) {
      Matcher parameters = PARAMETER.matcher(template);
      while (parameters.find()) {
        if (!path.contains(parameters.group())) {
          throw new IllegalArgumentException("channel template \"" + template
              + "\" needs the path parameter " + parameters.group() + ", which \"" + path
              + "\" does not have");
        }
      }
    }
    List<String> all = List.of(templates);
    return add(path, request -> filled(all, request));
  }

  /**
   * Fills templates of channels from a request's path parameters, as {@link #template} does, for a
   * handler that runs before the stream's handler.
   *
   * @throws IllegalArgumentException if a template names a parameter that the path does not have
   */
  public static List<String> filled(List<String> templates, StreamRequest request) {
    return templates.stream().map(template -> fill(template, request)).toList();
  }

  /**
   * Adds a path whose parameter {@code channel} is the channel:
   * {@code pathParam("/events/{channel}")}.
   *
   * @throws IllegalArgumentException if the path has no such parameter, or breaks the rule above
   */
  public StreamRoutes pathParam(String path) {
    if (!path.contains("{" + Route.CHANNEL + "}")) {
      throw new IllegalArgumentException("path \"" + path + "\" has no parameter {channel}");
    }
    return add(path, request -> List.of(request.pathParam(Route.CHANNEL)));
  }

  /**
   * Adds a path whose query parameters {@code channel} are the channels:
   * {@code queryParam("/events")} serves {@code /events?channel=a&channel=b}.
   *
   * @throws IllegalArgumentException if the path breaks the rule above
   */
  public StreamRoutes queryParam(String path) {
    return add(path, request -> request.queryParams(Route.CHANNEL), true);
  }

  /**
   * Sets the number of past events of each channel with which a new stream of the last added route
   * begins: at most this number, and at most about 60 kB. A client's {@code ?rewind=N} or position
   * overrides it. It overrides the rules of a channel ({@link ChannelRules#withRewind}).
   *
   * @throws IllegalArgumentException if it is not from 0 to {@link ChannelRules#MAX_REWIND}
   * @throws IllegalStateException if no route was added
   */
  public StreamRoutes rewind(int events) {
    ChannelRules.checkRewind(events);
    if (routes.isEmpty()) {
      throw new IllegalStateException("rewind is an option of the route before it: add one first");
    }
    Route last = routes.remove(routes.size() - 1);
    routes.add(new Route(last.path(), last.channels(), last.isQuery(), OptionalInt.of(events)));
    return this;
  }

  private StreamRoutes add(String path, Function<StreamRequest, List<String>> channels) {
    return add(path, channels, false);
  }

  private StreamRoutes add(
      String path, Function<StreamRequest, List<String>> channels, boolean isQuery) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path \"" + path + "\" does not begin with /");
    }
    if (path.chars().anyMatch(c -> c == '<' || c == '>' || c == '*')) {
      throw new IllegalArgumentException("path \"" + path
          + "\" has < > or *; write parameters as {name}, which takes one segment of the path");
    }
    String bare =
        path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    routes.add(new Route(bare, channels, isQuery, OptionalInt.empty()));
    return this;
  }

  List<Route> routes() {
    return routes;
  }

  private static String fill(String template, StreamRequest request) {
    return PARAMETER
        .matcher(template)
        .replaceAll(parameter -> Matcher.quoteReplacement(request.pathParam(parameter.group(1))));
  }
}
