package io.gripstream.eventstream;

import io.gripstream.eventstream.proxied.ProxiedStreams;
import io.javalin.config.JavalinState;
import io.javalin.http.HandlerType;
import io.javalin.plugin.Plugin;
import io.javalin.router.Endpoint;
import java.util.List;
import java.util.function.Consumer;

/** Serves an {@link EventStream} from a Javalin application, with which it starts and stops. */
public final class EventStreamPlugin extends Plugin<StreamRoutes> {
  private static final List<HandlerType> REFUSED =
      List.of(HandlerType.POST, HandlerType.PUT, HandlerType.PATCH, HandlerType.DELETE);

  private final EventStream stream;

  EventStreamPlugin(EventStream stream, Consumer<StreamRoutes> routes) {
    super(routes, new StreamRoutes());
    this.stream = stream;
  }

  @Override
  public void onStart(JavalinState javalin) {
    StreamHandler handler = stream.handler();
    javalin.events.serverStarting(stream::startServing);
    javalin.events.serverStopping(stream::drain);
    javalin.events.serverStopped(stream::close);
    javalin.routes.get(ProxiedStreams.KEEPER_PATH + "{number}", handler::keep);
    for (StreamRoutes.Route route : pluginConfig.routes()) {
      javalin.routes.get(route.path(), ctx -> handler.open(ctx, route));
      javalin.routes.get(
          route.path() + "/" + ProxiedStreams.FOLLOW_UP_SEGMENT + "/{token}", handler::followUp);
      javalin.routes.head(route.path(), handler::head);
      javalin.routes.options(route.path(), handler::preflight);
      for (HandlerType method : REFUSED) {
        javalin.routes.addEndpoint(
            Endpoint.create(method, route.path()).handler(handler::notAllowed));
      }
    }
  }
}
