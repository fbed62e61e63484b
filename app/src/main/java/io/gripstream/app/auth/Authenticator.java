package io.gripstream.app.auth;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.javalin.http.Context;
import jakarta.servlet.http.Cookie;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the caller of a request: by token, API key, or neither. Thread-safe. */
public final class Authenticator implements AutoCloseable {
  /**
   * Carries the token of pages, which cannot set headers on an {@code EventSource}; for reading
   * only.
   */
  public static final String COOKIE = "gripstream_token";

  private static final String BEARER = "Bearer ";
  private static final String ATTRIBUTE = Authenticator.class.getName();

  private final boolean isKeyMade;
  private final ApiKeys keys;
  private final @Nullable TokenVerifier tokens;
  private final AnonymousAccess anonymous;
  private final @Nullable ApiKeys own;
  private final ConsoleLogin console;

  private Authenticator(
      boolean isKeyMade,
      ApiKeys keys,
      @Nullable TokenVerifier tokens,
      AnonymousAccess anonymous,
      @Nullable ApiKeys own,
      ConsoleLogin console) {
    this.isKeyMade = isKeyMade;
    this.keys = keys;
    this.tokens = tokens;
    this.anonymous = anonymous;
    this.own = own;
    this.console = console;
  }

  /**
   * @param rules the rules of channels, also about anonymous callers
   * @param host where the server listens
   * @param own a key made at the start, for this process to read its test channel; null: none
   * @param ownChannel that channel
   * @param isKeyMade whether the API key was made for this run, because none was configured
   * @throws ConfigException if keys are weak or contradict each other, or there is none although
   *     other machines can reach the server
   */
  public static Authenticator create(
      Settings.Auth auth,
      List<Settings.ChannelRule> rules,
      String host,
      Clock clock,
      @Nullable Secret own,
      String ownChannel,
      boolean isKeyMade) {
    if (auth.isOpen() && !isLoopback(host)) {
      throw new ConfigException("no key is configured, and host " + host
          + " can be reached from other machines: set api_keys or a token key (GRIPSTREAM_API_KEYS,"
          + " GRIPSTREAM_TOKEN_SECRET), or listen on 127.0.0.1");
    }
    ApiKeys keys = new ApiKeys(auth.apiKeys());
    boolean isMade = isKeyMade && isLoopback(host);
    return new Authenticator(
        isMade,
        keys,
        TokenKeys.verifier(auth, clock).orElse(null),
        AnonymousAccess.of(rules, !auth.hasTokenKey()),
        own == null
            ? null
            : new ApiKeys(List.of(new Settings.ApiKey(own, List.of(), List.of(ownChannel), false))),
        new ConsoleLogin(isMade, auth, keys.administrator(), clock));
  }

  /** Whether only programs of this machine can connect to an address; names are not looked up. */
  public static boolean isLoopback(String host) {
    return Loopback.isAddress(host);
  }

  /** Gets the keys that verify tokens, if they are elsewhere. Blocks for 2 s at most. */
  public void open() {
    if (tokens != null) {
      tokens.open();
    }
  }

  @Override
  public void close() {
    if (tokens != null) {
      tokens.close();
    }
  }

  /** How a browser gets into the console without a key. */
  public ConsoleLogin console() {
    return console;
  }

  /** Whether the API key was made for this run. */
  public boolean isKeyMade() {
    return isKeyMade;
  }

  /**
   * If the key was made for this run, every program of this machine may read. So pages under other
   * host names must not, because a foreign name can point here (DNS rebinding).
   *
   * @throws Denied if {@code Host} is not a loopback name, and the only key was made for this run
   */
  public void checkHost(Context ctx) {
    if (isKeyMade && !Loopback.isHost(ctx)) {
      throw Denied.forbidden("no key is configured, so only http://127.0.0.1 and http://localhost"
          + " are served, and Host is another name; configure api_keys or a token key");
    }
  }

  /**
   * The caller of a request to the API.
   *
   * @throws Denied if a credential is not valid
   */
  public Caller ofApi(Context ctx) {
    return byHeader(ctx).orElseGet(() -> Caller.anonymous(anonymous));
  }

  /**
   * The caller that opens a stream, or reads. The answer is kept with the request. Of several
   * cookies the first valid one applies. Without a valid one, the caller is anonymous if anonymous
   * callers may read all these channels.
   *
   * @param channels the requested channels
   * @throws Denied if a credential is not valid, or there is none and one is needed
   */
  public Caller ofReader(Context ctx, List<String> channels) {
    Caller known = ctx.attribute(ATTRIBUTE);
    if (known != null) {
      return known;
    }
    Caller caller = byHeader(ctx).orElseGet(() -> byCookie(ctx, channels));
    ctx.attribute(ATTRIBUTE, caller);
    return caller;
  }

  /** The caller of a stream request that {@link #ofReader} accepted. */
  public Caller ofStream(Context ctx) {
    return ofReader(ctx, List.of());
  }

  /**
   * Whether the credential of a stream ({@link Caller#grant}) is still configured and may still
   * read the channel. The rights inside a token are not checked again: they end with the token or
   * its key.
   */
  public boolean holds(String grant, String channel) {
    if (grant.equals(Caller.ANONYMOUS)) {
      return anonymous.mayRead(channel);
    }
    return keys.holds(grant, channel)
        || (own != null && own.holds(grant, channel))
        || console.holds(grant)
        || (tokens != null && tokens.holds(grant));
  }

  /** Whether a rule names this channel in full and allows anonymous callers to read it. */
  public boolean namesForAnonymous(String channel) {
    return anonymous.names(channel);
  }

  /** A digest of the configuration on which {@link #holds} depends. */
  public String rules() {
    return Fingerprint.of(
        "grants",
        Stream.of(
                anonymous.texts(),
                Stream.of("", tokens == null ? "" : tokens.fingerprint()),
                keys.rules())
            .flatMap(rules -> rules)
            .toArray(String[]::new));
  }

  /** The refusal of a request that needs a credential and has none. */
  public static Denied noCredential() {
    return Denied.unauthorized(
        "a credential is needed: Authorization: Bearer TOKEN, or X-API-Key: KEY");
  }

  private Optional<Caller> byHeader(Context ctx) {
    String apiKey = ctx.header("X-API-Key");
    if (apiKey != null) {
      return Optional.of(byKey(apiKey));
    }
    String authorization = ctx.header("Authorization");
    if (authorization == null
        || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      // Another scheme belongs to another program, such as the login of a proxy in front.
      return console.caller(ctx);
    }
    String credential = authorization.substring(BEARER.length()).strip();
    Optional<Caller> visitor = console.visitor(credential);
    if (visitor.isPresent()) {
      return visitor;
    }
    boolean isToken = credential.chars().filter(c -> c == '.').count() == 2;
    // A self-chosen key may have two dots too.
    return keys.find(credential)
        .or(() -> Optional.of(isToken ? byToken(credential) : byKey(credential)));
  }

  private Caller byCookie(Context ctx, List<String> channels) {
    Denied problem = null;
    for (Cookie cookie : cookies(ctx)) {
      if (cookie.getName().equals(COOKIE)) {
        try {
          return byToken(cookie.getValue());
        } catch (Denied e) {
          problem = problem == null ? e : problem;
        }
      }
    }
    if (problem != null && !mayReadAll(channels)) {
      throw problem;
    }
    if (anonymous.isNothing()) {
      throw noCredential();
    }
    return Caller.anonymous(anonymous);
  }

  private static Cookie[] cookies(Context ctx) {
    Cookie[] cookies = ctx.req().getCookies();
    return cookies == null ? new Cookie[0] : cookies;
  }

  private boolean mayReadAll(List<String> channels) {
    return !channels.isEmpty() && channels.stream().allMatch(anonymous::mayRead);
  }

  private Caller byKey(String key) {
    return keys.find(key)
        .or(() -> own == null ? Optional.empty() : own.find(key))
        .orElseThrow(() -> Denied.unauthorized("the API key is not one of the configured ones"));
  }

  private Caller byToken(String token) {
    if (tokens == null) {
      throw Denied.unauthorized("no key that verifies tokens is configured; use an API key");
    }
    return tokens.verify(token);
  }
}
