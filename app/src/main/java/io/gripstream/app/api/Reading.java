package io.gripstream.app.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;

/**
 * Registers reading endpoints, with GET and HEAD. Javalin would answer HEAD with 200 in any state.
 */
final class Reading {
  private Reading() {}

  static void add(RoutesConfig routes, String path, Handler handler) {
    routes.get(path, handler);
    routes.head(path, handler);
  }
}
