package io.gripstream.app.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;

/**
 * What is read: with GET, and with HEAD, which says the same without the body. Where only GET is
 * known, Javalin answers HEAD with 200 whatever the state is.
 */
final class Reading {
  private Reading() {}

  static void add(RoutesConfig routes, String path, Handler handler) {
    routes.get(path, handler);
    routes.head(path, handler);
  }
}
