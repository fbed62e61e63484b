package io.gripstream.app.api;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.EventStream;
import io.javalin.config.RoutesConfig;

/** Everything that is served besides streams. */
public final class Api {
  private Api() {}

  /** Adds the routes. */
  public static void register(
      RoutesConfig routes, EventStream events, Authenticator authenticator, Settings.Http limits) {
    Failures.register(routes);
    new PublishApi(events, authenticator, limits).register(routes);
    new HealthApi(events).register(routes);
  }
}
