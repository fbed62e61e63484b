package io.gripstream.eventstream.javalin;

import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.internal.serve.CorsHeaders;
import io.javalin.http.Context;

/**
 * Writes the headers for pages of other origins on answers that an application gives itself, such
 * as a refusal before a stream's own handler. Streams have them by themselves. Pure functions.
 */
public final class JavalinCors {
  private JavalinCors() {}

  /** Writes the headers of an answer, whatever it says. */
  public static void apply(Cors cors, Context ctx) {
    CorsHeaders.write(cors, new JavalinExchange(ctx));
  }

  /** Answers a preflight that asks whether a page may read. */
  public static void preflight(Cors cors, Context ctx) {
    CorsHeaders.writePreflight(cors, new JavalinExchange(ctx));
  }
}
