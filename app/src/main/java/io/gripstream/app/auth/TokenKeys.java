package io.gripstream.app.auth;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.gripstream.grip.GripKey;
import io.gripstream.grip.internal.KeySecrets;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.SecureDigestAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Makes verifiers from the configuration: a secret, a public key, or a URL with keys. */
public final class TokenKeys {
  private static final int MIN_SECRET_BYTES = 32;
  private static final String BASE64 = "base64:";
  private static final String KINDS = "RS256 (RSA, at least 2048 bits) or ES256 (P-256)";
  private static final String SECRET = "token_secret";
  private static final String PUBLIC_KEY = "token_public_key";
  private static final String PREVIOUS = "_previous";
  private static final String NO_SECRET =
      ": it is a PEM or JWK; a public key as a secret would let everybody sign. Use"
          + " token_public_key";

  private TokenKeys() {}

  /**
   * The verifier of tokens; empty if no key is configured.
   *
   * @throws ConfigException if there is more than one kind of key, or a key is invalid or weak
   */
  public static Optional<TokenVerifier> verifier(Settings.Auth auth, Clock clock) {
    long kinds = List.of(
            auth.tokenSecret() != null, auth.tokenPublicKey() != null, auth.tokenJwksUrl() != null)
        .stream()
        .filter(isSet -> isSet)
        .count();
    if (kinds > 1) {
      throw new ConfigException(
          "token_secret, token_public_key and token_jwks_url exclude each other; set one of them");
    }
    needs(auth.tokenSecretPrevious(), SECRET, auth.tokenSecret());
    needs(auth.tokenPublicKeyPrevious(), PUBLIC_KEY, auth.tokenPublicKey());
    if (auth.tokenSecret() != null) {
      JwtVerifier current = bySecret(SECRET, auth.tokenSecret(), auth, clock);
      return Optional.of(
          auth.tokenSecretPrevious() == null
              ? current
              : new TwoKeysVerifier(
                  current, bySecret(SECRET + PREVIOUS, auth.tokenSecretPrevious(), auth, clock)));
    }
    if (auth.tokenPublicKey() != null) {
      JwtVerifier current = byPublicKey(PUBLIC_KEY, auth.tokenPublicKey(), auth, clock);
      return Optional.of(
          auth.tokenPublicKeyPrevious() == null
              ? current
              : new TwoKeysVerifier(
                  current,
                  byPublicKey(PUBLIC_KEY + PREVIOUS, auth.tokenPublicKeyPrevious(), auth, clock)));
    }
    if (auth.tokenJwksUrl() != null) {
      if (auth.tokenIssuer() == null) {
        throw new ConfigException("token_jwks_url needs token_issuer, the iss of its tokens");
      }
      return Optional.of(new JwtVerifier(
          new JwksKeys(JwksFetch.of(auth.tokenJwksUrl()), clock),
          KeySet.ALGORITHMS,
          auth.tokenIssuer(),
          auth.tokenAudience(),
          clock));
    }
    return Optional.empty();
  }

  private static void needs(@Nullable Object previous, String setting, @Nullable Object current) {
    if (previous != null && current == null) {
      throw new ConfigException(setting + PREVIOUS + ": there is no " + setting
          + ", which replaces it; if there is only one key, set it there");
    }
  }

  private static JwtVerifier bySecret(
      String setting, Secret secret, Settings.Auth auth, Clock clock) {
    return fixed(secretKey(setting, secret.value()), Jwts.SIG.HS256, auth, clock);
  }

  private static JwtVerifier byPublicKey(
      String setting, String text, Settings.Auth auth, Clock clock) {
    PublicKey key = publicKey(setting, text);
    return fixed(key, key instanceof RSAPublicKey ? Jwts.SIG.RS256 : Jwts.SIG.ES256, auth, clock);
  }

  private static JwtVerifier fixed(
      Key key, SecureDigestAlgorithm<?, ?> algorithm, Settings.Auth auth, Clock clock) {
    return new JwtVerifier(
        JwtVerifier.always(key),
        List.of(algorithm),
        auth.tokenIssuer(),
        auth.tokenAudience(),
        clock);
  }

  /** @throws ConfigException if it is weak, or public */
  static SecretKey secretKey(String text) {
    return secretKey(SECRET, text);
  }

  private static SecretKey secretKey(String setting, String text) {
    if (text.contains("-----BEGIN") || text.startsWith("{")) {
      throw new ConfigException(setting + NO_SECRET);
    }
    byte[] bytes = bytes(setting, text);
    if (text.startsWith(BASE64) && bytes.length < MIN_SECRET_BYTES) {
      throw new ConfigException(setting + ": it has " + bytes.length
          + " bytes when decoded; at least " + MIN_SECRET_BYTES + " are needed (RFC 7518, 3.2)");
    }
    // Byte by byte: the encoded secret may be well known or simple, whatever its Base64 looks
    // like.
    WeakSecrets.check(setting, new String(bytes, StandardCharsets.ISO_8859_1), MIN_SECRET_BYTES);
    return new SecretKeySpec(bytes, "HmacSHA256");
  }

  private static byte[] bytes(String setting, String text) {
    GripKey key;
    try {
      key = GripKey.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          text.startsWith(BASE64)
              ? setting + ": what follows base64: is not Base64"
              : setting + ": it is empty or no text");
    }
    return KeySecrets.of(key).orElseThrow(() -> new ConfigException(setting + NO_SECRET));
  }

  /** @throws ConfigException if it is neither RSA nor P-256, weak, or private */
  static PublicKey publicKey(String setting, String text) {
    try {
      GripKey key = GripKey.parse(text);
      if (!key.canSign()) {
        return key.publicKey().orElseThrow();
      }
    } catch (IllegalArgumentException e) {
      // Refused below; the message about GRIP keys would not help here.
    }
    if (text.contains("BEGIN PUBLIC KEY")) {
      throw new ConfigException(setting + ": it is not a public key for " + KINDS);
    }
    if (text.strip().startsWith("{")) {
      throw new ConfigException(setting + ": it is not a JWK of a public key for " + KINDS);
    }
    throw new ConfigException(
        setting + ": it is not a PEM with BEGIN PUBLIC KEY, nor a JWK (" + advice(text) + ")");
  }

  private static String advice(String pem) {
    if (pem.contains("BEGIN RSA PUBLIC KEY")) {
      return "convert it with: openssl rsa -RSAPublicKey_in -in FILE -pubout";
    }
    if (pem.contains("BEGIN CERTIFICATE")) {
      return "take the key out of the certificate with: openssl x509 -in FILE -noout -pubkey";
    }
    return "private keys do not belong here; the public half of one: openssl pkey -in FILE -pubout";
  }
}
