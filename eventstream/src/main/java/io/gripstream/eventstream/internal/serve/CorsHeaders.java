package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.internal.door.StreamExchange;
import java.util.Map;

/** Writes the headers that {@link Cors} allows. Pure functions. */
public final class CorsHeaders {
  private CorsHeaders() {}

  /** Writes the headers of an answer of any status. */
  public static void write(Cors cors, StreamExchange exchange) {
    write(cors.headers(exchange.header("Origin")), exchange);
  }

  /** Writes the headers of the answer to a preflight request for reading. */
  public static void writePreflight(Cors cors, StreamExchange exchange) {
    write(cors.preflightHeaders(exchange.header("Origin")), exchange);
  }

  private static void write(Map<String, String> headers, StreamExchange exchange) {
    headers.forEach((name, value) -> {
      if (name.equals("Vary")) {
        exchange.addHeader(name, value);
      } else {
        exchange.setHeader(name, value);
      }
    });
  }
}
