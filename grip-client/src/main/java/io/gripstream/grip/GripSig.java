package io.gripstream.grip;

import io.gripstream.grip.internal.Jose;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.IncorrectClaimException;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParserBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.MissingClaimException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Verifies and makes the signature with which a proxy proves that it forwarded a request: the JSON
 * Web Token (RFC 7519) in {@code Grip-Sig}.
 */
public final class GripSig {

  /** Name of the request header. */
  public static final String HEADER = "Grip-Sig";

  /** Allowed difference between the clocks of proxy and origin. */
  static final long LEEWAY_SECONDS = 10;

  /** A token with an RSA key of 4,096 bits has about 800 characters. */
  static final int MAX_CHARS = 8_192;

  private GripSig() {}

  /** The result of verifying a token. */
  public sealed interface Result permits Valid, Invalid {}

  /**
   * The token is signed by this proxy.
   *
   * @param proxy the first one whose key verifies the token
   */
  public record Valid(GripProxy proxy) implements Result {}

  /**
   * Why a token proves nothing. If several proxies have keys: the reason of the proxy that came
   * closest. Values may be added, in any order: let a {@code switch} have a default branch.
   */
  public enum Reason {
    /** There is no token, or an empty one. */
    MISSING,
    /** The token is too long. */
    TOO_LONG,
    /** The request has several tokens. */
    SEVERAL,
    /** No proxy has a verify key. */
    NO_VERIFY_KEY,
    /** No key of a proxy verifies the token, or it is malformed. */
    NOT_VERIFIED,
    /** The token has no {@code exp}. */
    NO_EXPIRY,
    /** The issuer is not the proxy's. */
    OTHER_ISSUER,
    /** The signature is good but has expired, or the clocks differ. */
    EXPIRED,
    /**
     * No secret key verifies the token, and the peer's address is not trusted; see
     * {@link ProxyTrust}.
     */
    UNTRUSTED_PEER
  }

  /**
   * The token proves nothing.
   *
   * @param reason the reason, for a program
   * @param detail the reason, for the log; contains no part of the token
   */
  public record Invalid(Reason reason, String detail) implements Result {}

  /**
   * Verifies a token against the {@linkplain GripProxy#verifyKeys() verify keys} of each proxy.
   *
   * <p>The key decides the algorithm, whatever the token says. {@code exp} must exist and not have
   * passed by more than 10 seconds. {@code iss} must be the proxy's
   * {@linkplain GripProxy#verifyIssuer() issuer} if it has one. Tokens above 8,192 characters are
   * refused unread. Never throws for a bad token.
   */
  public static Result verify(@Nullable String token, List<GripProxy> proxies, Clock clock) {
    if (token == null || token.isEmpty()) {
      return new Invalid(Reason.MISSING, "no token");
    }
    if (token.length() > MAX_CHARS) {
      return new Invalid(Reason.TOO_LONG, "longer than " + MAX_CHARS + " characters");
    }
    var problems = new LinkedHashSet<Invalid>();
    for (GripProxy proxy : proxies) {
      for (GripKey key : proxy.verifyKeys()) {
        Invalid problem = problem(token, key, proxy.verifyIssuer(), clock);
        if (problem == null) {
          return new Valid(proxy);
        }
        problems.add(problem);
      }
    }
    return problems.stream()
        .max(Comparator.comparing(Invalid::reason))
        .map(closest -> new Invalid(
            closest.reason(),
            problems.stream().map(Invalid::detail).collect(Collectors.joining("; "))))
        .orElse(new Invalid(Reason.NO_VERIFY_KEY, "no proxy has a verify key"));
  }

  /**
   * Makes a token as a proxy sends it, or as a control endpoint with authentication expects it.
   *
   * @throws IllegalArgumentException if the key is a public one
   */
  public static String sign(GripKey key, String issuer, Instant expires) {
    JwtBuilder token = Jose.token().header().type("JWT").and().issuer(issuer);
    return signWith(token.expiration(Date.from(expires)), key).compact();
  }

  private static JwtBuilder signWith(JwtBuilder token, GripKey key) {
    Key signing = key.signing();
    return switch (key.type()) {
      case HMAC -> token.signWith((SecretKey) signing, Jwts.SIG.HS256);
      case EC -> token.signWith((PrivateKey) signing, Jwts.SIG.ES256);
      case RSA -> token.signWith((PrivateKey) signing, Jwts.SIG.RS256);
    };
  }

  private static @Nullable Invalid problem(
      String token, GripKey key, @Nullable String issuer, Clock clock) {
    JwtParserBuilder parser = Jose.parser()
        .clock(() -> Date.from(clock.instant()))
        .clockSkewSeconds(LEEWAY_SECONDS)
        .sig()
        .clear()
        .add(key.signatureAlgorithm())
        .and()
        .zip()
        .clear()
        .and();
    if (key.verifying() instanceof SecretKey secret) {
      parser.verifyWith(secret);
    } else {
      parser.verifyWith((PublicKey) key.verifying());
    }
    if (issuer != null) {
      parser.requireIssuer(issuer);
    }
    try {
      Claims claims = parser.build().parseSignedClaims(token).getPayload();
      return claims.getExpiration() == null ? new Invalid(Reason.NO_EXPIRY, "no exp claim") : null;
    } catch (ExpiredJwtException e) {
      return new Invalid(
          Reason.EXPIRED, "expired at " + e.getClaims().getExpiration().toInstant());
    } catch (IncorrectClaimException | MissingClaimException e) {
      return new Invalid(Reason.OTHER_ISSUER, "issuer is not the configured one");
    } catch (JwtException | IllegalArgumentException e) {
      // The library's messages may quote the token, so only the kind of failure is reported.
      return new Invalid(Reason.NOT_VERIFIED, "not a valid " + key.type().algorithm() + " token");
    }
  }
}
