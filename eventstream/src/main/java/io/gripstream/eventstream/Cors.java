package io.gripstream.eventstream;

import java.net.IDN;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names the other origins whose pages may read streams in a browser (WHATWG Fetch, section 3.3).
 * Immutable and thread-safe; each {@code with…} returns a changed copy.
 *
 * <pre>{@code
 * Cors.of("https://app.example").withCredentials().withHeaders("X-Token")
 * }</pre>
 */
public final class Cors {
  private static final String ANY = "*";

  /** After a star come at least two labels, or {@code localhost}. */
  private static final Pattern ORIGIN = Pattern.compile("https?://"
      + "(\\*\\.(localhost|[a-z0-9_-]+(\\.[a-z0-9_-]+)+)|[a-z0-9_.-]+|\\[[0-9a-f:.]+])"
      + "(:[0-9]{1,5})?");

  /** Scheme, first label, and the rest. */
  private static final Pattern LABELS = Pattern.compile("(https?://)[^.:/]+(\\..+)");

  /** Allows the stream's own origin only. */
  public static final Cors NONE = of();

  private final Set<String> origins;
  private final boolean isWithCredentials;

  /** In alphabetical order, spelled as given. */
  private final Set<String> headers;

  private Cors(Set<String> origins, boolean isWithCredentials, Set<String> headers) {
    this.origins = origins;
    this.isWithCredentials = isWithCredentials;
    this.headers = headers;
  }

  /** Same as {@link #of(Collection)}. */
  public static Cors of(String... origins) {
    return of(List.of(origins));
  }

  /**
   * Allows pages of these origins to read, without cookies, and to send the header
   * {@code Last-Event-ID}.
   *
   * @param origins such as {@code https://app.example}, compared with the request's {@code Origin}
   *     as a browser writes it: lower-case ASCII, without the default port of the scheme;
   *     {@code https://*.app.example} for every origin with one label in place of the star, but not
   *     {@code https://app.example} itself; or {@code *} for every origin
   * @throws IllegalArgumentException if one is not an origin
   */
  public static Cors of(Collection<String> origins) {
    Set<String> normal = new HashSet<>();
    for (String origin : origins) {
      normal.add(origin.equals(ANY) ? ANY : normal(origin));
    }
    return new Cors(Set.copyOf(normal), false, headers(List.of()));
  }

  /**
   * Returns a copy that allows those pages to send cookies. Default: not allowed.
   *
   * @throws IllegalArgumentException if every origin is allowed
   */
  public Cors withCredentials() {
    if (origins.contains(ANY)) {
      throw new IllegalArgumentException(
          "cors: allow_origins \"*\" together with allow_credentials would let every site read a user's"
              + " streams; name the origins");
    }
    return new Cors(origins, true, headers);
  }

  /** Same as {@link #withHeaders(Collection)}. */
  public Cors withHeaders(String... headers) {
    return withHeaders(List.of(headers));
  }

  /**
   * Returns a copy that allows those pages to send these request headers and {@code Last-Event-ID}.
   * They replace the headers named before. Default: {@code Last-Event-ID} only.
   */
  public Cors withHeaders(Collection<String> headers) {
    return new Cors(origins, isWithCredentials, headers(headers));
  }

  private static Set<String> headers(Collection<String> named) {
    Set<String> headers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    headers.addAll(named);
    headers.add("Last-Event-ID");
    return Collections.unmodifiableSet(headers);
  }

  /**
   * Returns the CORS headers for an answer of any status. Streams have these headers already. Use
   * this for answers of the application itself, such as a refusal before the stream's handler.
   *
   * @param origin the request's {@code Origin}; null: it has none
   * @return by name; add {@code Vary} to the answer's headers, set the others
   */
  public Map<String, String> headers(@Nullable String origin) {
    Map<String, String> written = new LinkedHashMap<>();
    if (!origins.isEmpty() && !origins.contains(ANY)) {
      written.put("Vary", "Origin");
    }
    String allowed = allowed(origin);
    if (allowed != null) {
      written.put("Access-Control-Allow-Origin", allowed);
      // Else a page cannot see for how long it is asked to stay away.
      written.put("Access-Control-Expose-Headers", "Retry-After");
      if (isWithCredentials) {
        written.put("Access-Control-Allow-Credentials", "true");
      }
    }
    return written;
  }

  /**
   * Returns the CORS headers for the answer to a preflight request for reading.
   *
   * @param origin the request's {@code Origin}; null: it has none
   */
  public Map<String, String> preflightHeaders(@Nullable String origin) {
    Map<String, String> written = headers(origin);
    if (allowed(origin) != null) {
      written.put("Access-Control-Allow-Methods", "GET, HEAD");
      written.put("Access-Control-Allow-Headers", String.join(", ", headers));
      written.put("Access-Control-Max-Age", "600");
    }
    return written;
  }

  private @Nullable String allowed(@Nullable String origin) {
    if (origin == null) {
      return null;
    }
    if (origins.contains(ANY)) {
      return ANY;
    }
    if (origin.indexOf('*') >= 0) {
      return null;
    }
    return origins.contains(origin)
            || origins.contains(LABELS.matcher(origin).replaceFirst("$1*$2"))
        ? origin
        : null;
  }

  private static String normal(String origin) {
    String ascii = ascii(origin.toLowerCase(Locale.ROOT));
    String normal = ascii.startsWith("https:")
        ? ascii.replaceFirst(":443$", "")
        : ascii.replaceFirst(":80$", "");
    if (!ORIGIN.matcher(normal).matches()) {
      throw new IllegalArgumentException("cors: \"" + normal
          + "\" is not an origin; write scheme, host and port only, such as https://app.example, or"
          + " https://*.app.example for all origins with exactly one label in place of the star");
    }
    return normal;
  }

  /** A host name with non-ASCII letters is sent as {@code xn--…}. */
  private static String ascii(String origin) {
    int host = origin.indexOf("://") + 3;
    if (host < 3 || origin.chars().allMatch(c -> c < 0x80)) {
      return origin;
    }
    try {
      return origin.substring(0, host) + IDN.toASCII(origin.substring(host));
    } catch (IllegalArgumentException e) {
      return origin;
    }
  }
}
