package io.gripstream.eventstream.javalin;

import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.internal.serve.CorsHeaders;
import io.javalin.http.Context;

/**
 * Writes CORS headers on answers that an application gives itself, such as a refusal before a
 * stream's own handler. Streams have these headers already. Pure functions.
 */
public final class JavalinCors {
  private JavalinCors() {}

  /** Writes the CORS headers of an answer of any status. */
  public static void apply(Cors cors, Context ctx) {
    CorsHeaders.write(cors, new JavalinExchange(ctx));
  }

  /** Answers a preflight request for reading. */
  public static void preflight(Cors cors, Context ctx) {
    CorsHeaders.writePreflight(cors, new JavalinExchange(ctx));
  }
}
