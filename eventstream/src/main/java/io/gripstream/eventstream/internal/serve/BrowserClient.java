package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.internal.door.StreamExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The module for pages: {@code EventStream}, which is used like the browser's {@code EventSource}
 * and resumes in every case. The project's {@code client/} compiles to it. Immutable.
 */
final class BrowserClient {
  private static final String FILE = "browser/client.js";

  /** An entity tag of RFC 9110, 8.8.3. A server in front that compresses makes ours a weak one. */
  private static final Pattern TAG = Pattern.compile("(?:W/)?(\"[^\"]*\")");

  private final byte[] script;
  private final String tag;
  private final Cors cors;

  private BrowserClient(byte[] script, Cors cors) {
    this.script = script;
    this.tag = '"' + hash(script) + '"';
    this.cors = cors;
  }

  /** @param cors which other origins' pages may import it */
  static BrowserClient load(Cors cors) {
    try (InputStream file = BrowserClient.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException(FILE + " is missing from the jar");
      }
      return new BrowserClient(file.readAllBytes(), cors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Caches may keep it for an hour; after that they revalidate it. */
  void serve(StreamExchange exchange) {
    CorsHeaders.write(cors, exchange);
    exchange.setHeader("Cache-Control", "public, max-age=3600");
    exchange.setHeader("ETag", tag);
    exchange.setHeader("Content-Type", "text/javascript; charset=utf-8");
    String cached = exchange.header("If-None-Match");
    if (cached != null && isThere(cached)) {
      exchange.status(304);
    } else {
      exchange.body(script);
    }
  }

  private boolean isThere(String cached) {
    return cached.strip().equals("*")
        || TAG.matcher(cached).results().anyMatch(found -> found.group(1).equals(tag));
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
