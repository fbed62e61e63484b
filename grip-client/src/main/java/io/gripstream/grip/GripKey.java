package io.gripstream.grip;

import io.gripstream.grip.internal.KeySecrets;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.SecureDigestAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A key that signs or verifies GRIP tokens. Its type alone decides the algorithm, so a token cannot
 * choose a weaker one.
 *
 * <p>{@link #toString()} names the type and never the key.
 */
public final class GripKey {
  static {
    KeySecrets.readBy(key -> Optional.ofNullable(((GripKey) key).secret).map(byte[]::clone));
  }

  /** The type of a key, which decides the signatures that it makes and accepts. */
  public enum Type {
    /** A secret of any length from one byte: HS256. */
    HMAC("HS256"),
    /** An elliptic curve key on P-256: ES256. */
    EC("ES256"),
    /** An RSA key of at least 2,048 bits: RS256. */
    RSA("RS256");

    private final String algorithm;

    Type(String algorithm) {
      this.algorithm = algorithm;
    }

    /** The name of the algorithm in JSON Web Signatures (RFC 7518). */
    public String algorithm() {
      return algorithm;
    }
  }

  /** Libraries refuse HMAC keys that are shorter than the digest. */
  private static final int MIN_SECRET_BYTES = 32;

  private static final byte[] PUSHPIN_DEFAULT = "changeme".getBytes(StandardCharsets.US_ASCII);

  private final Type type;
  private final Key verifying;
  private final @Nullable Key signing;

  /** The secret as given, without padding; null: this key is a pair. */
  private final byte @Nullable [] secret;

  private GripKey(Type type, Key verifying, @Nullable Key signing, byte @Nullable [] secret) {
    this.type = type;
    this.verifying = verifying;
    this.signing = signing;
    this.secret = secret;
  }

  /**
   * Reads a key in one of these forms: PEM with {@code PUBLIC KEY} (SPKI) or {@code PRIVATE KEY}
   * (PKCS#8), whose newlines may be escaped as {@code \n} or missing; a JWK (RFC 7517) of the type
   * {@code oct}, {@code EC} or {@code RSA}; any other text is a secret, taken as UTF-8. Text after
   * {@code base64:} is one of these forms in base64 (RFC 4648, either alphabet).
   *
   * @throws IllegalArgumentException if it is malformed; the message never contains the key
   */
  public static GripKey parse(String text) {
    return KeyText.parse(text);
  }

  /**
   * Makes an HMAC key of these bytes.
   *
   * @throws IllegalArgumentException if the array is empty: anyone could sign with an empty key
   */
  public static GripKey ofSecret(byte[] secret) {
    if (secret.length == 0) {
      throw new IllegalArgumentException("a GRIP key must not be empty");
    }
    // HMAC itself pads a short key with zeros, so the signatures stay the same.
    byte[] padded = Arrays.copyOf(secret, Math.max(secret.length, MIN_SECRET_BYTES));
    SecretKey key = new SecretKeySpec(padded, "HmacSHA256");
    return new GripKey(Type.HMAC, key, key, secret.clone());
  }

  static GripKey ofPair(Type type, PublicKey verifying, @Nullable PrivateKey signing) {
    return new GripKey(type, verifying, signing, null);
  }

  /** The type, which decides the algorithm. */
  public Type type() {
    return type;
  }

  /** Returns whether {@link GripSig#sign} accepts this key: true for secrets and private keys. */
  public boolean canSign() {
    return signing != null;
  }

  /** The public key, to verify other signatures; empty for a secret. */
  public Optional<PublicKey> publicKey() {
    return verifying instanceof PublicKey key ? Optional.of(key) : Optional.empty();
  }

  /** Returns whether this is {@code changeme}, Pushpin's default key, which is public. */
  public boolean isPushpinDefault() {
    return Arrays.equals(secret, PUSHPIN_DEFAULT);
  }

  Key verifying() {
    return verifying;
  }

  Key signing() {
    if (signing == null) {
      throw new IllegalArgumentException("a public " + type + " key cannot sign");
    }
    return signing;
  }

  SecureDigestAlgorithm<?, ?> signatureAlgorithm() {
    return switch (type) {
      case HMAC -> Jwts.SIG.HS256;
      case EC -> Jwts.SIG.ES256;
      case RSA -> Jwts.SIG.RS256;
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GripKey that
        && type == that.type
        && verifying.equals(that.verifying)
        && Objects.equals(signing, that.signing);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, verifying);
  }

  @Override
  public String toString() {
    return "GripKey[" + type + "]";
  }
}
