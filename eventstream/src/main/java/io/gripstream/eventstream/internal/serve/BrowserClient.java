package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.internal.door.StreamExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The script for pages: npm's {@code reconnecting-eventsource} as it is published, with its
 * licence, and a few additional lines that make it resume in every case. It defines
 * {@code ReconnectingEventSource}, which is used like the browser's {@code EventSource}. Unlike
 * that, it tries again after an answer such as 502, which a proxy gives while the application is
 * away. Immutable.
 */
final class BrowserClient {
  private static final String FOLDER = "browser/";

  private final byte[] script;
  private final String tag;

  private BrowserClient(byte[] script) {
    this.script = script;
    this.tag = '"' + hash(script) + '"';
  }

  static BrowserClient load() {
    String script = "/*!\nreconnecting-eventsource\n\n"
        + text("ReconnectingEventSource.LICENSE.txt")
        + "*/\n"
        // Its source map is not served.
        + text("ReconnectingEventSource.min.js")
            .replaceAll("(?m)^//# sourceMappingURL=.*\\R?", "\n")
        + text("resume.js");
    return new BrowserClient(script.getBytes(StandardCharsets.UTF_8));
  }

  /** Caches may keep it for an hour; after that they ask whether it has changed. */
  void serve(StreamExchange exchange) {
    exchange.setHeader("Cache-Control", "public, max-age=3600");
    exchange.setHeader("ETag", tag);
    exchange.setHeader("Content-Type", "text/javascript; charset=utf-8");
    if (tag.equals(exchange.header("If-None-Match"))) {
      exchange.status(304);
    } else {
      exchange.body(script);
    }
  }

  private static String text(String name) {
    try (InputStream resource = BrowserClient.class.getResourceAsStream(FOLDER + name)) {
      if (resource == null) {
        throw new IllegalStateException(FOLDER + name + " is missing from the jar");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
