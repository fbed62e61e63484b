package io.gripstream.app.server;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.StreamRequest;
import io.gripstream.eventstream.StreamRoutes;
import io.gripstream.eventstream.javalin.JavalinRequests;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The paths of streams: those that every server has, and those of the settings. */
final class StreamPaths {
  private static final String BY_QUERY = "/events";
  private static final String BY_PATH = "/events/{channel}";

  private final Settings.Streams streams;
  private final EventStream events;
  private final Authenticator authenticator;

  StreamPaths(Settings.Streams streams, EventStream events, Authenticator authenticator) {
    this.streams = streams;
    this.events = events;
    this.authenticator = authenticator;
  }

  /** @throws ConfigException if a route of the settings breaks a rule of paths or channels */
  static void add(StreamRoutes routes, Settings.Streams streams) {
    routes.queryParam(BY_QUERY).pathParam(BY_PATH);
    Set<String> served = new HashSet<>(List.of(BY_QUERY, BY_PATH));
    for (Settings.Route route : streams.routes()) {
      if (!served.add(route.path().replaceFirst("(?<=.)/$", ""))) {
        throw new ConfigException("routes: path \"" + route.path() + "\" is served already");
      }
      try {
        routes.template(route.path(), route.channels().toArray(String[]::new));
        route.rewind().ifPresent(routes::rewind);
      } catch (IllegalArgumentException e) {
        throw new ConfigException("routes: " + e.getMessage());
      }
    }
  }

  /** Registers the checks before each stream, and the line in the log after it. */
  void guard(RoutesConfig routes) {
    guard(routes, BY_QUERY, ctx -> ctx.queryParams("channel"));
    guard(routes, BY_PATH, ctx -> List.of(ctx.pathParam("channel")));
    for (Settings.Route route : streams.routes()) {
      guard(
          routes,
          route.path(),
          ctx -> StreamRoutes.filled(route.channels(), JavalinRequests.of(ctx)));
    }
  }

  private void guard(RoutesConfig routes, String path, Function<Context, List<String>> channels) {
    routes.before(path, ctx -> admit(ctx, channels));
    routes.after(path, ctx -> RequestTrace.tell(ctx, events, authenticator));
  }

  /** Answers 401 before the stream's own handler, which would open a stream with an error. */
  private void admit(Context ctx, Function<Context, List<String>> channels) {
    StreamRequest request = JavalinRequests.of(ctx);
    boolean reads = ctx.method().equals(HandlerType.GET) || ctx.method().equals(HandlerType.HEAD);
    if (reads && !events.isFollowUp(request)) {
      checkHost(ctx);
      authenticator.ofReader(ctx, channels.apply(ctx));
    }
  }

  /** If no key is configured, a foreign page must not reach this server under its own host name. */
  void checkHost(Context ctx) {
    if (authenticator.isKeyMade() && !events.isSigned(JavalinRequests.of(ctx))) {
      authenticator.checkHost(ctx);
    }
  }
}
