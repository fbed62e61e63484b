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
 * The signature by which a proxy shows that a request went through it: the JSON Web Token in
 * {@code Grip-Sig}.
 */
public final class GripSig {

  /** Name of the request header. */
  public static final String HEADER = "Grip-Sig";

  /** How far the clocks of proxy and origin may disagree about the expiry. */
  static final long LEEWAY_SECONDS = 10;

  /** A token of a 4,096 bit RSA key has some 800 characters. */
  static final int MAX_CHARS = 8_192;

  private GripSig() {}

  /** What the verification of a token found. */
  public sealed interface Result permits Valid, Invalid {}

  /**
   * The token is signed by this proxy.
   *
   * @param proxy the first one whose key verifies the token
   */
  public record Valid(GripProxy proxy) implements Result {}

  /** Why a token proves nothing; where several proxies have keys, the one that came closest. */
  public enum Reason {
    /** There is none, or an empty one. */
    MISSING,
    /** It is too long to be one. */
    TOO_LONG,
    /** The request has several. */
    SEVERAL,
    /** No proxy has a verify key. */
    NO_VERIFY_KEY,
    /** No key of a proxy verifies it, or it is malformed. */
    NOT_VERIFIED,
    /** It does not say when it expires. */
    NO_EXPIRY,
    /** Its issuer is not the proxy's. */
    OTHER_ISSUER,
    /** A proxy signed it, but some time ago, or the clocks differ. */
    EXPIRED,
    /**
     * No secret key verifies it, and the peer is not one to believe without; see
     * {@link ProxyTrust}.
     */
    UNTRUSTED_PEER
  }

  /**
   * The token proves nothing.
   *
   * @param reason why, for a program
   * @param detail why, for the log; it has no part of the token
   */
  public record Invalid(Reason reason, String detail) implements Result {}

  /**
   * Checks a token against each proxy that has a {@linkplain GripProxy#verifyKey() verify key}.
   *
   * <p>The algorithm is the one of the key, whatever the token says. {@code exp} must be there and
   * not be past by more than 10 seconds; {@code iss} must be the proxy's
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
      GripKey key = proxy.verifyKey();
      if (key == null) {
        continue;
      }
      Invalid problem = problem(token, key, proxy.verifyIssuer(), clock);
      if (problem == null) {
        return new Valid(proxy);
      }
      problems.add(problem);
    }
    return problems.stream()
        .max(Comparator.comparing(Invalid::reason))
        .map(closest -> new Invalid(
            closest.reason(),
            problems.stream().map(Invalid::detail).collect(Collectors.joining("; "))))
        .orElse(new Invalid(Reason.NO_VERIFY_KEY, "no proxy has a verify key"));
  }

  /**
   * Makes a token such as a proxy sends, or such as a control endpoint with authentication expects.
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
      // The library's messages may quote the token, so only the kind of failure is told.
      return new Invalid(Reason.NOT_VERIFIED, "not a valid " + key.type().algorithm() + " token");
    }
  }
}
