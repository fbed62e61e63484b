package io.gripstream.eventstream;

import io.javalin.http.Context;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which other origins may read streams from a browser (WHATWG Fetch, section 3.3). Immutable.
 *
 * @param allowOrigins origins such as {@code https://app.example}, compared with the request's
 *     {@code Origin} as they are; or {@code *}. Default none
 * @param allowCredentials whether cookies may come along. Default no
 * @param allowHeaders request headers a page may set; {@code Last-Event-ID} is always among them
 */
public record Cors(Set<String> allowOrigins, boolean allowCredentials, Set<String> allowHeaders) {
  /** The stream's own origin only. */
  public static final Cors NONE = new Cors(Set.of(), false, Set.of());

  private static final String ANY = "*";

  /**
   * As a browser writes them: in small letters, without the port that the scheme has anyway.
   *
   * @throws IllegalArgumentException if every origin is allowed with credentials, or something is
   *     not an origin
   */
  public Cors {
    allowOrigins = allowOrigins.stream().map(Cors::normal).collect(Collectors.toUnmodifiableSet());
    Set<String> headers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    headers.addAll(allowHeaders);
    headers.add("Last-Event-ID");
    allowHeaders = new LinkedHashSet<>(headers);
    if (allowCredentials && allowOrigins.contains(ANY)) {
      throw new IllegalArgumentException(
          "cors: allow_origins \"*\" together with allow_credentials would let every site read a user's"
              + " streams; name the origins");
    }
    for (String origin : allowOrigins) {
      if (!origin.equals(ANY) && !origin.matches("https?://[^/\\s*]+")) {
        throw new IllegalArgumentException("cors: \"" + origin
            + "\" is not an origin; write scheme, host and port only, such as https://app.example (no"
            + " pattern: name each)");
      }
    }
  }

  /**
   * Writes the headers of an answer, whatever it says. Streams have them by themselves; for what an
   * application answers itself, such as a refusal before the stream's own handler.
   */
  public void apply(Context ctx) {
    if (allowOrigins.isEmpty()) {
      return;
    }
    if (!allowOrigins.contains(ANY) && !ctx.res().getHeaders("Vary").contains("Origin")) {
      ctx.res().addHeader("Vary", "Origin");
    }
    String origin = ctx.header("Origin");
    String allowed = allowed(origin);
    if (allowed == null) {
      return;
    }
    ctx.header("Access-Control-Allow-Origin", allowed);
    if (allowCredentials) {
      ctx.header("Access-Control-Allow-Credentials", "true");
    }
  }

  /** Writes the headers of the answer to a preflight, for reading. */
  public void preflight(Context ctx) {
    apply(ctx);
    if (allowed(ctx.header("Origin")) != null) {
      ctx.header("Access-Control-Allow-Methods", "GET, HEAD");
      ctx.header("Access-Control-Allow-Headers", String.join(", ", allowHeaders));
      ctx.header("Access-Control-Max-Age", "600");
    }
  }

  private @Nullable String allowed(@Nullable String origin) {
    if (origin == null) {
      return null;
    }
    if (allowOrigins.contains(ANY)) {
      return ANY;
    }
    return allowOrigins.contains(origin) ? origin : null;
  }

  private static String normal(String origin) {
    String lower = origin.toLowerCase(Locale.ROOT);
    return lower.startsWith("https:")
        ? lower.replaceFirst(":443$", "")
        : lower.replaceFirst(":80$", "");
  }

  /** Allows these origins, without credentials. */
  public static Cors of(String... origins) {
    return new Cors(Set.copyOf(List.of(origins)), false, Set.of());
  }
}
