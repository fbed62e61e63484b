package io.gripstream.app.auth;

import io.gripstream.eventstream.UserNames;
import io.gripstream.grip.internal.Jose;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.Header;
import io.jsonwebtoken.IncorrectClaimException;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.JwtParserBuilder;
import io.jsonwebtoken.MissingClaimException;
import io.jsonwebtoken.PrematureJwtException;
import io.jsonwebtoken.security.SecureDigestAlgorithm;
import java.security.Key;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies JSON Web Tokens (RFC 7519). The configured key decides the algorithms, whatever the
 * token says (RFC 8725, 3.1). {@code sub} and {@code exp} are required; {@code publish} and
 * {@code subscribe} are lists of channel patterns, {@code admin} is true or false.
 */
final class JwtVerifier implements TokenVerifier {
  /** A token of a 4,096 bit RSA key with a hundred patterns has about 4,000 characters. */
  private static final int MAX_CHARS = 8_192;

  private static final int MAX_PATTERNS = 1_000;

  private static final String GRANT = "token:";

  private final KeySource keys;
  private final String fingerprint;
  private final JwtParser parser;

  /**
   * @param issuer the required {@code iss}; null: any
   * @param audience the required {@code aud}; null: any
   */
  JwtVerifier(
      KeySource keys,
      Collection<? extends SecureDigestAlgorithm<?, ?>> algorithms,
      @Nullable String issuer,
      @Nullable String audience,
      Clock clock) {
    JwtParserBuilder builder = Jose.parser()
        .clock(() -> Date.from(clock.instant()))
        .clockSkewSeconds(LEEWAY.toSeconds())
        .sig()
        .clear()
        .add(algorithms)
        .and()
        .zip()
        .clear()
        .and()
        .json(ClaimsReader.INSTANCE)
        .keyLocator(keys);
    if (issuer != null) {
      builder.requireIssuer(issuer);
    }
    if (audience != null) {
      builder.requireAudience(audience);
    }
    this.keys = keys;
    this.fingerprint = Fingerprint.of(
        "tokens", keys.fingerprint(), String.valueOf(issuer), String.valueOf(audience));
    this.parser = builder.build();
  }

  /** Always the same key. */
  static KeySource always(Key key) {
    String fingerprint = Fingerprint.of("token key", key.getEncoded());
    return new KeySource() {
      @Override
      public Key locate(Header header) {
        return key;
      }

      @Override
      public String fingerprint() {
        return fingerprint;
      }
    };
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public boolean holds(String grant) {
    String ours = GRANT + fingerprint + ":";
    return grant.startsWith(ours) && !keys.isWithdrawn(grant.substring(ours.length()));
  }

  @Override
  public Optional<String> problem() {
    return keys.problem();
  }

  @Override
  public void open() {
    keys.open();
  }

  @Override
  public void close() {
    keys.close();
  }

  @Override
  public Caller verify(String token) {
    return verified(token).orElseThrow(JwtVerifier::notSigned);
  }

  /** The refusal of a token that no key verifies. */
  static Denied notSigned() {
    return Denied.unauthorized("the token is not a JWT signed with the configured key");
  }

  /**
   * The caller; empty if none of these keys verifies the token.
   *
   * @throws Denied if one does, and the token is not valid
   */
  Optional<Caller> verified(String token) {
    if (token.length() > MAX_CHARS) {
      throw Denied.unauthorized("the token is longer than " + MAX_CHARS + " characters");
    }
    Jws<Claims> signed;
    try {
      signed = parser.parseSignedClaims(token);
    } catch (ExpiredJwtException e) {
      throw Denied.unauthorized(
          "the token expired at " + e.getClaims().getExpiration().toInstant());
    } catch (PrematureJwtException e) {
      throw Denied.unauthorized("the token is not valid yet (claim nbf)");
    } catch (MissingClaimException | IncorrectClaimException e) {
      throw Denied.unauthorized(
          "the token is not from the configured issuer, or not for this audience");
    } catch (JwtException | IllegalArgumentException e) {
      // The library's messages may quote the token.
      return Optional.empty();
    }
    return Optional.of(caller(signed));
  }

  private Caller caller(Jws<Claims> signed) {
    Claims claims = signed.getPayload();
    String problem = claims.get(ClaimsReader.PROBLEM, String.class);
    if (problem != null) {
      throw Denied.unauthorized(problem);
    }
    Date expires = claims.getExpiration();
    if (expires == null) {
      throw Denied.unauthorized("the token has no claim exp");
    }
    String subject = claims.getSubject();
    if (subject == null || subject.isEmpty()) {
      throw Denied.unauthorized("the token has no claim sub");
    }
    try {
      UserNames.check(subject);
    } catch (IllegalArgumentException e) {
      throw Denied.unauthorized(
          "the token's claim sub is not a valid user name: " + e.getMessage());
    }
    return new Caller(
        subject,
        patterns(claims, "publish"),
        patterns(claims, "subscribe"),
        Boolean.TRUE.equals(claims.get("admin")),
        expires.toInstant(),
        GRANT + fingerprint + ":" + ofKeyId(signed.getHeader().getKeyId()));
  }

  /** Names a key by its id, which is a text of the issuer of any length. */
  static String ofKeyId(@Nullable String id) {
    return Fingerprint.of("key id", String.valueOf(id));
  }

  private static List<ChannelPattern> patterns(Claims claims, String name) {
    Object claim = claims.get(name);
    if (claim == null) {
      return List.of();
    }
    List<ChannelPattern> patterns = new ArrayList<>();
    if (claim instanceof List<?> list && list.size() <= MAX_PATTERNS) {
      for (Object item : list) {
        if (item instanceof String text) {
          patterns.add(pattern(name, text));
        }
      }
      if (patterns.size() == list.size()) {
        return patterns;
      }
    }
    throw Denied.unauthorized("the token's claim " + name + " is not a list of at most "
        + MAX_PATTERNS + " channel patterns, such as [\"news\", \"room-*\"]");
  }

  private static ChannelPattern pattern(String claim, String text) {
    try {
      return new ChannelPattern(text);
    } catch (IllegalArgumentException e) {
      throw Denied.unauthorized(
          "the token's claim " + claim + " has an invalid pattern: " + e.getMessage());
    }
  }
}
