package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.proxied.ProxiedStreams;
import io.gripstream.eventstream.javalin.DirectServer;
import io.javalin.config.JavalinState;
import io.javalin.http.HandlerType;
import io.javalin.plugin.Plugin;
import io.javalin.router.Endpoint;
import java.util.List;
import java.util.function.Consumer;

/**
 * Serves an {@link EventStream} from a Javalin application, with which it starts and stops; and at
 * {@code /eventstream/client.js} the script that makes browsers reconnect and resume.
 */
public final class EventStreamPlugin extends Plugin<StreamRoutes> {
  private static final List<HandlerType> REFUSED = List.of(
      HandlerType.POST,
      HandlerType.PUT,
      HandlerType.PATCH,
      HandlerType.DELETE,
      HandlerType.QUERY,
      HandlerType.TRACE);

  private final EventStream stream;
  private final BrowserClient browserClient = BrowserClient.load();

  EventStreamPlugin(EventStream stream, Consumer<StreamRoutes> routes) {
    super(routes, new StreamRoutes());
    this.stream = stream;
  }

  @Override
  public void onStart(JavalinState javalin) {
    StreamHandler handler = stream.handler();
    FollowUpHandler followUps = stream.followUps();
    DirectServer.apply(javalin.jetty);
    LastWords lastWords = new LastWords(stream::tellOfTheEnd);
    javalin.events.serverStarting(stream::startServing);
    javalin.events.serverStarted(lastWords::register);
    javalin.events.serverStopping(stream::drain);
    javalin.events.serverStopped(() -> {
      stream.close();
      lastWords.unregister();
    });
    if (!serves(javalin, BrowserClient.PATH)) {
      javalin.routes.get(BrowserClient.PATH, browserClient::serve);
      javalin.routes.head(BrowserClient.PATH, browserClient::serve);
    }
    for (StreamRoutes.Route route : pluginConfig.routes()) {
      stream.servedAt(route.path().replaceAll("\\{[^}]*}", "~"));
      javalin.routes.get(
          route.path() + "/" + ProxiedStreams.KEEPER_SEGMENT + "/{token}", followUps::keep);
      javalin.routes.get(route.path(), ctx -> handler.open(ctx, route));
      String links = route.path() + "/" + ProxiedStreams.FOLLOW_UP_SEGMENT + "/{token}";
      javalin.routes.get(links, followUps::followUp);
      if (!stream.publicPath().isEmpty()) {
        // Links have the path that most routes take away. Another one may let it pass.
        javalin.routes.get(stream.publicPath() + links, followUps::followUp);
      }
      javalin.routes.head(route.path(), handler::head);
      javalin.routes.options(route.path(), handler::preflight);
      for (HandlerType method : REFUSED) {
        javalin.routes.addEndpoint(
            Endpoint.create(method, route.path()).handler(handler::notAllowed));
      }
    }
  }

  /** Whether another plugin of ours serves that already. */
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
