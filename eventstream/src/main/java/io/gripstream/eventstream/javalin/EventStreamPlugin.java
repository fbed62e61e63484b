package io.gripstream.eventstream.javalin;

import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.StreamRoutes;
import io.gripstream.eventstream.internal.Interior;
import io.gripstream.eventstream.internal.serve.LastWords;
import io.gripstream.eventstream.internal.serve.StreamEndpoints;
import io.javalin.config.JavalinState;
import io.javalin.http.HandlerType;
import io.javalin.plugin.Plugin;
import io.javalin.router.Endpoint;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Serves an {@link EventStream} in a Javalin application. The event stream starts with the server
 * and is closed when the server stops. The plugin also serves {@code /eventstream/client.js}, the
 * script with which browsers reconnect and resume. Several plugins of one event stream may serve
 * different routes of one server.
 *
 * <pre>{@code
 * Javalin.create(config -> config.registerPlugin(
 *     new EventStreamPlugin(events, routes -> routes.queryParam("/events")))).start(8080);
 * }</pre>
 */
public final class EventStreamPlugin extends Plugin<Void> {
  private static final Duration LAST_FLUSH = Duration.ofSeconds(5);

  private final EventStream events;
  private final StreamEndpoints endpoints;

  /**
   * Makes a plugin for these routes.
   *
   * @throws IllegalArgumentException if a route breaks a rule of {@link StreamRoutes}
   */
  public EventStreamPlugin(EventStream events, Consumer<StreamRoutes> routes) {
    this.events = events;
    this.endpoints = Interior.endpoints(events, routes);
  }

  @Override
  public void onStart(JavalinState javalin) {
    DirectServer.apply(javalin.jetty);
    LastWords lastWords = new LastWords(this::tellOfTheEnd);
    javalin.events.serverStarting(() -> endpoints.start(contextPath(javalin)));
    javalin.events.serverStarted(lastWords::register);
    javalin.events.serverStopping(events::drain);
    javalin.events.serverStopped(() -> {
      events.close();
      lastWords.unregister();
    });
    boolean hasClient = serves(javalin, StreamEndpoints.BROWSER_CLIENT);
    for (StreamEndpoints.Endpoint endpoint : endpoints.all()) {
      if (!hasClient || !endpoint.path().equals(StreamEndpoints.BROWSER_CLIENT)) {
        javalin.routes.addEndpoint(
            Endpoint.create(HandlerType.findOrCreate(endpoint.method()), endpoint.path())
                .handler(ctx -> endpoint.handler().accept(new JavalinExchange(ctx))));
      }
    }
  }

  /** Javalin's default is one slash. */
  private static String contextPath(JavalinState javalin) {
    String path = javalin.router.contextPath.replaceAll("/+$", "");
    return path.isEmpty() || path.startsWith("/") ? path : "/" + path;
  }

  /**
   * The process ends, perhaps without a stop of the server. The storage stays open for threads that
   * still send.
   */
  private void tellOfTheEnd() {
    events.drain();
    events.flush(LAST_FLUSH);
  }

  /** Whether another plugin of this class already serves this path. */
  private static boolean serves(JavalinState javalin, String path) {
    return javalin.internalRouter.findHttpHandlerEntries(HandlerType.GET, path).stream()
        .anyMatch(entry -> entry.endpoint.path.equals(path));
  }

  /** An application may serve several event streams. */
  @Override
  public boolean repeatable() {
    return true;
  }
}
