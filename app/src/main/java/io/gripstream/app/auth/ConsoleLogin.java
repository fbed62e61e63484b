package io.gripstream.app.auth;

import io.gripstream.app.config.Settings;
import io.javalin.http.Context;
import jakarta.servlet.http.Cookie;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Logs a browser in to the console without a key: the server prints a code, and the browser
 * exchanges it for a session in a cookie. Works only if the API key was made for the run. The
 * cookie alone allows nothing: each request also needs the header {@link #HEADER} with a value that
 * only the console's page has. The reason: a browser sends cookies to every port of a host, also
 * with requests of other pages of the host, but only a page itself can read its own storage.
 * Thread-safe.
 */
public final class ConsoleLogin {
  /** The cookie with the session. */
  public static final String COOKIE = "gripstream_console";

  /** The header that each request with the cookie needs. */
  public static final String HEADER = "Gripstream-Console";

  private final boolean isOpen;
  private final Optional<ConsoleTokens> tokens;
  private final LoginCode code;
  private final Optional<Caller> caller;

  /** @param isOpen whether a browser may log in */
  ConsoleLogin(boolean isOpen, Settings.Auth auth, Optional<Caller> administrator, Clock clock) {
    this.isOpen = isOpen;
    this.tokens = ConsoleTokens.of(auth, clock);
    this.code = new LoginCode(clock);
    this.caller = administrator;
  }

  /** The signer; empty: there is no API key with all rights. */
  public Optional<ConsoleTokens> tokens() {
    return tokens;
  }

  /**
   * Makes the code of a link, valid once and for an hour, in this process. Empty if a key is
   * configured.
   */
  public Optional<String> makeCode() {
    return isOpen && tokens.isPresent() ? Optional.of(code.make()) : Optional.empty();
  }

  /** Whether a browser may log in. */
  public boolean isOpen() {
    return isOpen;
  }

  /** Takes the code; false: it is wrong, was used, or is too old. */
  public boolean enter(String given) {
    return isOpen && code.redeem(given);
  }

  /** The session of the request's cookie; empty: none, or the header does not belong to it. */
  public Optional<ConsoleTokens.Session> session(Context ctx) {
    String proof = ctx.header(HEADER);
    return isOpen && proof != null
        ? tokens.flatMap(signed -> cookies(ctx).stream()
            .filter(cookie -> cookie.getName().equals(COOKIE))
            .flatMap(cookie -> signed.session(cookie.getValue()).stream())
            .filter(session -> ConsoleTokens.proves(proof, session))
            .findFirst())
        : Optional.empty();
  }

  /**
   * The caller of the session; empty: the request does not use a session.
   *
   * @throws Denied if it uses a session that is not valid
   */
  Optional<Caller> caller(Context ctx) {
    if (ctx.header(HEADER) == null) {
      return Optional.empty();
    }
    ConsoleTokens.Session session = session(ctx)
        .orElseThrow(() -> Denied.unauthorized(
            "the console's session has expired or belongs to another page; reload the console"));
    return caller.map(admin ->
        new Caller(null, admin.publish(), admin.subscribe(), true, session.until(), admin.grant()));
  }

  /** The visitor with this token; empty: it is not a visitor's token. */
  Optional<Caller> visitor(String token) {
    return token.startsWith(ConsoleTokens.VISITOR)
        ? tokens.map(signed -> signed.caller(token))
        : Optional.empty();
  }

  boolean holds(String grant) {
    return tokens.isPresent() && tokens.get().holds(grant);
  }

  private static List<Cookie> cookies(Context ctx) {
    Cookie @Nullable [] cookies = ctx.req().getCookies();
    return cookies == null ? List.of() : List.of(cookies);
  }
}
