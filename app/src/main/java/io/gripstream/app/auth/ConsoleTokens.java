package io.gripstream.app.auth;

import io.gripstream.app.config.Settings;
import io.gripstream.grip.internal.Jose;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.Jwts;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The tokens that a server signs for its console: the session of a browser, and a visitor with the
 * right to read one channel for a trial. The signing key is derived from an API key with all
 * rights. So every instance with that API key accepts the tokens, and none does after the API key
 * is removed. Thread-safe.
 */
public final class ConsoleTokens {
  /** Lifetime of a session that is not renewed. */
  public static final Duration SESSION = Duration.ofHours(1);

  /** Maximum lifetime of a session, renewals included. */
  public static final Duration LONGEST = Duration.ofHours(12);

  /** Lifetime of a visitor's right to read. */
  public static final Duration VISIT = Duration.ofMinutes(10);

  /** The beginning of a visitor's user name, which application users do not have. */
  static final String VISITOR = "gripstream-visitor.";

  private static final String HMAC = "HmacSHA256";
  private static final int RANDOM_BYTES = 16;
  private static final int MAX_CHARS = 2_000;
  private static final String OF_SESSION = "console session";
  private static final String OF_VISITOR = "console visitor";

  private final SecretKey key;
  private final String grant;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  private ConsoleTokens(byte[] key, Clock clock) {
    this.key = new SecretKeySpec(key, HMAC);
    this.grant = "console:" + Fingerprint.of("console", key);
    this.clock = clock;
  }

  /** Signs with the first API key that may do everything; empty: there is none. */
  static Optional<ConsoleTokens> of(Settings.Auth auth, Clock clock) {
    return auth.apiKeys().stream()
        .filter(Settings.ApiKey::admin)
        .findFirst()
        .map(admin -> new ConsoleTokens(derived(admin.key().value()), clock));
  }

  private static byte[] derived(String apiKey) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(apiKey.getBytes(StandardCharsets.UTF_8), HMAC));
      return mac.doFinal("gripstream console 1".getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }

  /**
   * The login of one browser.
   *
   * @param proofDigest digest of the value that the page sends with each request; the cookie does
   *     not reveal that value
   * @param begun the time of the login
   */
  public record Session(String proofDigest, Instant begun, Instant until) {}

  /** Makes a value that only the page with the login knows. */
  public String makeProof() {
    return random();
  }

  /** A new session of the page with this proof. */
  public Session begin(String proof) {
    Instant now = clock.instant();
    return new Session(digest(proof), now, now.plus(SESSION));
  }

  /** Whether this is the value of the session's page. */
  static boolean proves(String proof, Session session) {
    return MessageDigest.isEqual(
        digest(proof).getBytes(StandardCharsets.US_ASCII),
        session.proofDigest().getBytes(StandardCharsets.US_ASCII));
  }

  private static String digest(String proof) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(proof.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The same session for longer, if half of its time is over; never beyond {@link #LONGEST}. */
  public Session renewed(Session session) {
    Instant now = clock.instant();
    Instant latest = session.begun().plus(LONGEST);
    Instant until = now.plus(SESSION).isAfter(latest) ? latest : now.plus(SESSION);
    boolean isDue = Duration.between(now, session.until()).compareTo(SESSION.dividedBy(2)) < 0;
    return isDue ? new Session(session.proofDigest(), session.begun(), until) : session;
  }

  /** For a cookie. */
  public String sign(Session session) {
    return Jose.token()
        .audience()
        .add(OF_SESSION)
        .and()
        .claim("proof", session.proofDigest())
        .issuedAt(Date.from(session.begun()))
        .expiration(Date.from(session.until()))
        .signWith(key, Jwts.SIG.HS256)
        .compact();
  }

  /** Reads a cookie; empty: it is malformed, expired, or of another server. */
  public Optional<Session> session(String cookie) {
    return claims(cookie, OF_SESSION)
        .map(claims -> new Session(
            String.valueOf(claims.get("proof")),
            claims.getIssuedAt().toInstant(),
            claims.getExpiration().toInstant()));
  }

  /** A token for a user that no application has. */
  public record Visitor(String user, String token, Instant until) {}

  /** Makes a visitor with the right to read this channel. */
  public Visitor visitor(String channel) {
    String user = "console-visitor-" + random().substring(0, 8);
    Instant until = clock.instant().plus(VISIT);
    String token = Jose.token()
        .audience()
        .add(OF_VISITOR)
        .and()
        .subject(user)
        .claim("channel", channel)
        .expiration(Date.from(until))
        .signWith(key, Jwts.SIG.HS256)
        .compact();
    return new Visitor(user, VISITOR + token, until);
  }

  /** @throws Denied if the token is not a visitor's, or has expired */
  Caller caller(String token) {
    Claims claims = claims(token.substring(VISITOR.length()), OF_VISITOR)
        .orElseThrow(() ->
            Denied.unauthorized("the console's token for a visitor has expired or is unknown"));
    return new Caller(
        claims.getSubject(),
        List.of(),
        ChannelPattern.list(List.of(String.valueOf(claims.get("channel")))),
        false,
        claims.getExpiration().toInstant(),
        grant);
  }

  /** Whether a visitor's stream may continue. */
  boolean holds(String someGrant) {
    return grant.equals(someGrant);
  }

  private Optional<Claims> claims(String token, String audience) {
    if (token.length() > MAX_CHARS) {
      return Optional.empty();
    }
    try {
      return Optional.of(Jose.parser()
          .verifyWith(key)
          .requireAudience(audience)
          .clock(() -> Date.from(clock.instant()))
          .build()
          .parseSignedClaims(token)
          .getPayload());
    } catch (JwtException | IllegalArgumentException notOurs) {
      return Optional.empty();
    }
  }

  private String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
