package io.gripstream.grip;

import io.gripstream.grip.internal.WireText;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One GRIP proxy: its control endpoint, the authentication there, and the keys that recognise its
 * requests. Immutable; {@link #toString()} and {@link #name()} contain no secrets.
 */
public final class GripProxy {

  /** The public key with which every Fastly Fanout service signs, as Fastly publishes it. */
  private static final String FASTLY_PUBLIC_KEY = """
      {"kty":"EC","crv":"P-256","x":"CKo5A1ebyFcnmVV8SE5On-8G81JyBjSvcrx4VLetWCg",\
      "y":"7gwJqaU6N8TP88--twjkwoB36f-pT3QsmI46nPhjO7M"}""";

  private final URI controlUri;
  private final ControlAuth auth;
  private final @Nullable GripKey verifyKey;
  private final @Nullable GripKey previousVerifyKey;
  private final @Nullable String verifyIssuer;

  private GripProxy(
      URI controlUri,
      ControlAuth auth,
      @Nullable GripKey verifyKey,
      @Nullable GripKey previousVerifyKey,
      @Nullable String verifyIssuer) {
    this.controlUri = controlUri;
    this.auth = auth;
    this.verifyKey = verifyKey;
    this.previousVerifyKey = previousVerifyKey;
    this.verifyIssuer = verifyIssuer;
  }

  /**
   * Reads a {@code GRIP_URL}: {@code scheme://[user:password@]host[:port][/path][?…]} with the
   * parameters {@code iss} and {@code key} (a JWT for the control endpoint), {@code key} alone (a
   * bearer token), {@code verify-iss}, {@code verify-key} and {@code verify-key-previous}. Other
   * parameters stay in the control URI. A {@code +} is a plus sign, not a blank, because base64
   * contains it. Keys have the forms of {@link GripKey#parse}.
   *
   * <p>Without {@code verify-key}, a secret {@code key} with {@code iss} also verifies. A
   * {@code key} without {@code iss} is an API token and never verifies.
   *
   * @throws IllegalArgumentException if the URL is malformed; the message contains no key or
   *     password
   */
  public static GripProxy parse(String gripUrl) {
    return GripUrl.parse(gripUrl);
  }

  /**
   * Reads one or more URLs separated by white space, as in {@code GRIP_URL}.
   *
   * @throws IllegalArgumentException if one of them is malformed
   */
  public static List<GripProxy> parseAll(String gripUrls) {
    var proxies = new ArrayList<GripProxy>();
    // A key may contain blanks, but no scheme follows them.
    for (String url : gripUrls.strip().split("\\s+(?=[A-Za-z][A-Za-z0-9+.-]*://)", -1)) {
      if (!url.isBlank()) {
        proxies.add(parse(url));
      }
    }
    return List.copyOf(proxies);
  }

  /**
   * Reads the proxies from an environment: {@code GRIP_URL} (one or more URLs separated by white
   * space), {@code GRIP_VERIFY_KEY} for URLs without {@code verify-key}, and
   * {@code GRIP_VERIFY_KEY_PREVIOUS} for URLs without {@code verify-key-previous}. Empty if there
   * is no {@code GRIP_URL}.
   *
   * @param environment such as {@link System#getenv()}
   * @throws IllegalArgumentException if a value is malformed; the message names the variable and
   *     has no key or password
   */
  public static List<GripProxy> fromEnvironment(Map<String, String> environment) {
    List<GripProxy> proxies = parseAll(environment.getOrDefault("GRIP_URL", ""));
    GripKey key = key(environment, "GRIP_VERIFY_KEY");
    GripKey previous = key(environment, "GRIP_VERIFY_KEY_PREVIOUS");
    return proxies.stream()
        .map(proxy -> proxy.verifyKey == null && key != null ? proxy.withVerifyKey(key) : proxy)
        .map(proxy -> proxy.previousVerifyKey == null && previous != null
            ? proxy.withPreviousVerifyKey(previous)
            : proxy)
        .toList();
  }

  private static @Nullable GripKey key(Map<String, String> environment, String variable) {
    String text = environment.getOrDefault(variable, "");
    try {
      return text.isBlank() ? null : GripKey.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(variable + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads a configuration object with the names used by other GRIP libraries: {@code control_uri},
   * {@code control_iss}, {@code key}, {@code verify_iss}, {@code verify_key},
   * {@code verify_key_previous}.
   *
   * @throws IllegalArgumentException if a name is unknown, {@code control_uri} is missing or a
   *     value is malformed
   */
  public static GripProxy fromConfig(Map<String, String> config) {
    return GripUrl.fromConfig(config);
  }

  /**
   * Makes a Fastly Fanout service: its publishing API, its issuer and Fastly's public key.
   *
   * @param apiToken a Fastly API token with the scope {@code global}
   * @throws IllegalArgumentException if the service id has other characters than letters and digits
   */
  public static GripProxy fastly(String serviceId, String apiToken) {
    if (!serviceId.matches("[A-Za-z0-9]+")) {
      throw new IllegalArgumentException("\"%s\" is not a Fastly service id: letters and digits"
          .formatted(WireText.printable(serviceId)));
    }
    return builder(URI.create("https://api.fastly.com/service/" + serviceId))
        .bearer(apiToken)
        .verifyKey(GripKey.parse(FASTLY_PUBLIC_KEY))
        .verifyIssuer("fastly:" + serviceId)
        .build();
  }

  /** Begins a proxy with this control endpoint, without authentication and keys. */
  public static Builder builder(URI controlUri) {
    return new Builder(controlUri);
  }

  /** The control endpoint, without secrets and without a trailing slash. */
  public URI controlUri() {
    return controlUri;
  }

  /** Returns the URI of a resource of the control endpoint, such as {@code publish/}. */
  public URI controlUri(String resource) {
    String query = controlUri.getRawQuery();
    return URI.create(base() + "/" + resource + (query == null ? "" : "?" + query));
  }

  /** The key that verifies this proxy's {@code Grip-Sig}; null: none. */
  public @Nullable GripKey verifyKey() {
    return verifyKey;
  }

  /** A second key that verifies it, while the first one is being replaced; null: none. */
  public @Nullable GripKey previousVerifyKey() {
    return previousVerifyKey;
  }

  /** All keys that verify this proxy's {@code Grip-Sig}: two while one replaces the other. */
  public List<GripKey> verifyKeys() {
    return Stream.of(verifyKey, previousVerifyKey)
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  /** The issuer that {@code Grip-Sig} must name; null: any. */
  public @Nullable String verifyIssuer() {
    return verifyIssuer;
  }

  /** A stable name without secrets: {@code scheme://host:port/path}. */
  public String name() {
    return base() + (controlUri.getRawPath().isEmpty() ? "/" : "");
  }

  /** Returns the same proxy with this verify key. */
  public GripProxy withVerifyKey(GripKey key) {
    return new GripProxy(controlUri, auth, key, previousVerifyKey, verifyIssuer);
  }

  /** Returns the same proxy with this previous verify key. */
  public GripProxy withPreviousVerifyKey(GripKey key) {
    return new GripProxy(controlUri, auth, verifyKey, key, verifyIssuer);
  }

  /**
   * Returns the value of {@code Authorization} for a request to the control endpoint; null: none is
   * needed. The value is a secret. A JWT in it is valid for an hour.
   */
  public @Nullable String authorization(Clock clock) {
    return auth.header(clock);
  }

  private String base() {
    int port = controlUri.getPort();
    if (port < 0) {
      port = controlUri.getScheme().equals("https") ? 443 : 80;
    }
    return "%s://%s:%d%s"
        .formatted(controlUri.getScheme(), controlUri.getHost(), port, controlUri.getRawPath());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GripProxy that
        && controlUri.equals(that.controlUri)
        && auth.equals(that.auth)
        && Objects.equals(verifyKey, that.verifyKey)
        && Objects.equals(previousVerifyKey, that.previousVerifyKey)
        && Objects.equals(verifyIssuer, that.verifyIssuer);
  }

  @Override
  public int hashCode() {
    return Objects.hash(controlUri, auth, verifyKey, previousVerifyKey, verifyIssuer);
  }

  @Override
  public String toString() {
    return "GripProxy[" + name() + "]";
  }

  /** Collects the settings of a proxy. Use it in one thread at a time. */
  public static final class Builder {
    /** Of RFC 1035: labels of 1 to 63 characters, 253 with the dots between them. */
    private static final Pattern HOST =
        Pattern.compile("(?=.{1,253}\\.?$)([^.]{1,63}\\.)*[^.]{1,63}\\.?");

    private final URI controlUri;
    private ControlAuth auth = new ControlAuth.None();
    private @Nullable GripKey verifyKey;
    private @Nullable GripKey previousVerifyKey;
    private @Nullable String verifyIssuer;

    private Builder(URI controlUri) {
      String scheme =
          controlUri.getScheme() == null ? "" : controlUri.getScheme().toLowerCase(Locale.ROOT);
      if (!scheme.equals("http") && !scheme.equals("https")) {
        throw new IllegalArgumentException(
            "the control URI of a GRIP proxy must start with http:// or https://");
      }
      if (controlUri.getHost() == null) {
        throw new IllegalArgumentException("the control URI of a GRIP proxy must name a host");
      }
      if (controlUri.getRawUserInfo() != null || controlUri.getRawFragment() != null) {
        throw new IllegalArgumentException(
            "the control URI of a GRIP proxy must not have user information or a fragment");
      }
      int port = controlUri.getPort();
      if (port == 0 || port > 65_535 || !HOST.matcher(controlUri.getHost()).matches()) {
        throw new IllegalArgumentException(
            "the control URI of a GRIP proxy must have a valid host, and a port from 1 to 65535");
      }
      this.controlUri = normalized(controlUri, scheme);
    }

    private static URI normalized(URI uri, String scheme) {
      String path = uri.getRawPath().replaceFirst("/$", "");
      String authority = uri.getRawAuthority().toLowerCase(Locale.ROOT);
      String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
      return URI.create(scheme + "://" + authority + path + query);
    }

    /**
     * Authenticates with a JWT that is renewed each hour.
     *
     * @throws IllegalArgumentException if the key cannot sign
     */
    public Builder jwt(String issuer, GripKey key) {
      WireText.requireName("issuer", issuer);
      key.signing();
      return auth(new ControlAuth.Jwt(issuer, key));
    }

    /**
     * Authenticates with a fixed token.
     *
     * @throws IllegalArgumentException if the token is empty or not printable ASCII
     */
    public Builder bearer(String token) {
      if (token.isEmpty() || !WireText.isPrintableAscii(token)) {
        throw new IllegalArgumentException("a bearer token must be printable ASCII, not empty");
      }
      return auth(new ControlAuth.Fixed("Bearer " + token));
    }

    /**
     * Authenticates by name and password (RFC 7617, as UTF-8).
     *
     * @throws IllegalArgumentException if the name has a colon
     */
    public Builder basic(String user, String password) {
      if (user.indexOf(':') >= 0) {
        throw new IllegalArgumentException(
            "a user name for basic authentication must not contain a colon");
      }
      byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      return auth(new ControlAuth.Fixed("Basic " + Base64.getEncoder().encodeToString(pair)));
    }

    private Builder auth(ControlAuth chosen) {
      if (!(auth instanceof ControlAuth.None)) {
        throw new IllegalArgumentException(
            "a GRIP proxy has two ways to authenticate: use user:password or key");
      }
      auth = chosen;
      return this;
    }

    /** Sets the key that verifies the proxy's {@code Grip-Sig}. Default: none. */
    public Builder verifyKey(GripKey key) {
      verifyKey = key;
      return this;
    }

    /**
     * Sets a second key that verifies the proxy's {@code Grip-Sig}: the old one, until every proxy
     * signs with the new one. Default: none.
     */
    public Builder previousVerifyKey(GripKey key) {
      previousVerifyKey = key;
      return this;
    }

    /** Sets the issuer that {@code Grip-Sig} must name. Default: any. */
    public Builder verifyIssuer(String issuer) {
      verifyIssuer = WireText.requireName("verify-iss", issuer);
      return this;
    }

    /** Makes the proxy from the settings so far. The builder can be used further. */
    public GripProxy build() {
      return new GripProxy(controlUri, auth, verifyKey, previousVerifyKey, verifyIssuer);
    }
  }
}
