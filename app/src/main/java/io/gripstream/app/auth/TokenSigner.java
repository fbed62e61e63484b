package io.gripstream.app.auth;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.UserNames;
import io.gripstream.grip.internal.Jose;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes tokens that {@link TokenVerifier} accepts. Thread-safe. */
public final class TokenSigner {
  private final Settings.Auth auth;
  private final UnaryOperator<JwtBuilder> signature;

  private TokenSigner(Settings.Auth auth, UnaryOperator<JwtBuilder> signature) {
    this.auth = auth;
    this.signature = signature;
  }

  /** @throws ConfigException if {@code token_secret} is missing or weak */
  public static TokenSigner ofSecret(Settings.Auth auth) {
    if (auth.tokenSecret() == null) {
      throw new ConfigException(
          "token_secret is not configured (GRIPSTREAM_TOKEN_SECRET): nothing to sign with");
    }
    var key = TokenKeys.secretKey(auth.tokenSecret().value());
    return new TokenSigner(auth, token -> token.signWith(key, Jwts.SIG.HS256));
  }

  /**
   * @param pem RSA or P-256, as PKCS #8
   * @param id the {@code kid} of a key set; null: none
   * @throws ConfigException if it is neither
   */
  public static TokenSigner ofPrivateKey(Settings.Auth auth, String pem, @Nullable String id) {
    PrivateKey key = privateKey(pem);
    UnaryOperator<JwtBuilder> signing = key instanceof RSAPrivateKey
        ? token -> token.signWith(key, Jwts.SIG.RS256)
        : token -> token.signWith(key, Jwts.SIG.ES256);
    return new TokenSigner(
        auth,
        token -> signing.apply(id == null ? token : token.header().keyId(id).and()));
  }

  private static PrivateKey privateKey(String pem) {
    String body = pem.replace("-----BEGIN PRIVATE KEY-----", "")
        .replace("-----END PRIVATE KEY-----", "")
        .replaceAll("\\s", "");
    for (String type : List.of("RSA", "EC")) {
      try {
        return KeyFactory.getInstance(type)
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
      } catch (GeneralSecurityException | IllegalArgumentException notThis) {
        // The next type, or the refusal below.
      }
    }
    throw new ConfigException(
        "the private key is not a PEM with BEGIN PRIVATE KEY (RSA or EC); make one of an"
            + " older form with: openssl pkcs8 -topk8 -nocrypt");
  }

  /** @throws IllegalArgumentException if the user name or a pattern is invalid */
  public String sign(
      String user, List<String> publish, List<String> subscribe, boolean admin, Instant until) {
    UserNames.check(user);
    ChannelPattern.list(publish);
    ChannelPattern.list(subscribe);
    JwtBuilder token = Jose.token()
        .subject(user)
        .expiration(Date.from(until))
        .claim("publish", publish)
        .claim("subscribe", subscribe);
    if (admin) {
      token.claim("admin", true);
    }
    if (auth.tokenIssuer() != null) {
      token.issuer(auth.tokenIssuer());
    }
    if (auth.tokenAudience() != null) {
      token.audience().add(auth.tokenAudience());
    }
    return signature.apply(token).compact();
  }
}
