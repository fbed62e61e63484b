package io.gripstream.grip;

import io.gripstream.grip.internal.Jose;
import io.gripstream.grip.internal.WireText;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PrivateJwk;
import io.jsonwebtoken.security.PublicJwk;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a key from the text in a configuration. No message here may quote that text. */
final class KeyText {

  private static final String BASE64 = "base64:";

  /** Blanks may have become '+' in a query. */
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN[ +]([A-Z0-9 +]+)-----(.*?)-----END[ +]\\1-----", Pattern.DOTALL);

  private static final Pattern JWK = Pattern.compile("\\s*\\{.*\"kty\".*", Pattern.DOTALL);

  private static final ECParameterSpec P256 = p256();

  private static final int MIN_RSA_BITS = 2048;

  private static final JsonMapper JSON = new JsonMapper();

  private KeyText() {}

  static GripKey parse(String text) {
    if (!text.startsWith(BASE64)) {
      return inspect(WireText.requireUnicode("GRIP key", text), null);
    }
    byte[] decoded = decode(text.substring(BASE64.length()));
    // One char per byte: enough to recognise PEM and JWK, without loss.
    return inspect(new String(decoded, StandardCharsets.ISO_8859_1), decoded);
  }

  private static GripKey inspect(String text, byte @Nullable [] bytes) {
    String lines = text.replace("\\r", "").replace("\\n", "\n").strip();
    if (lines.startsWith("-----BEGIN")) {
      return pem(lines);
    }
    if (JWK.matcher(text).matches()) {
      return jwk(text);
    }
    return GripKey.ofSecret(bytes != null ? bytes : text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] decode(String base64) {
    // A form decoder turns '+' into a blank.
    String standard = base64.replace(' ', '+').replace('-', '+').replace('_', '/');
    try {
      return Base64.getDecoder().decode(standard);
    } catch (IllegalArgumentException e) {
      // Without the cause: its message quotes a character of the key.
      throw new IllegalArgumentException("a GRIP key in base64 is not valid base64");
    }
  }

  private static GripKey pem(String text) {
    Matcher pem = PEM.matcher(text);
    if (!pem.matches()) {
      throw new IllegalArgumentException(
          "a GRIP key that starts like PEM must be one whole block that ends like PEM");
    }
    String label = pem.group(1).replace('+', ' ');
    byte[] der;
    try {
      der = Base64.getDecoder().decode(pem.group(2).replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a GRIP key in PEM has a body that is not base64");
    }
    return switch (label) {
      case "PUBLIC KEY" -> publicKey(readPublic(der), null);
      case "PRIVATE KEY" -> privateKey(readPrivate(der));
      default ->
        throw new IllegalArgumentException(
            "a GRIP key in PEM must be a PUBLIC KEY (SPKI) or a PRIVATE KEY (PKCS#8), not \"%s\"; `openssl pkcs8 -topk8 -nocrypt` or `openssl pkey -pubout` convert it"
                .formatted(label));
    };
  }

  private static GripKey jwk(String json) {
    Jwk<?> jwk;
    try {
      JsonNode members = JSON.readTree(json);
      if (members.path("kty").stringValue("").equals("oct")) {
        // Not through the library, which refuses keys as short as Pushpin's.
        return GripKey.ofSecret(decode(members.path("k").stringValue("")));
      }
      jwk = Jose.keys().parse(json);
    } catch (JacksonException | JwtException | IllegalArgumentException e) {
      throw new IllegalArgumentException("a GRIP key that looks like a JWK cannot be read as one");
    }
    if (jwk instanceof PrivateJwk<?, ?, ?> pair) {
      return publicKey(pair.toPublicJwk().toKey(), pair.toKey());
    }
    if (jwk instanceof PublicJwk<?> key) {
      return publicKey(key.toKey(), null);
    }
    throw unsupported();
  }

  private static PublicKey readPublic(byte[] der) {
    return read(new X509EncodedKeySpec(der), KeyFactory::generatePublic);
  }

  private static PrivateKey readPrivate(byte[] der) {
    return read(new PKCS8EncodedKeySpec(der), KeyFactory::generatePrivate);
  }

  private static <K> K read(KeySpec spec, Reader<K> reader) {
    for (String algorithm : List.of("RSA", "EC")) {
      try {
        return reader.read(KeyFactory.getInstance(algorithm), spec);
      } catch (GeneralSecurityException ignored) {
        // The key has another algorithm. DER names it, but Java has no public way to ask.
      }
    }
    throw unsupported();
  }

  private interface Reader<K> {
    K read(KeyFactory factory, KeySpec spec) throws GeneralSecurityException;
  }

  /** A signer with a private key also verifies its own signatures. */
  private static GripKey privateKey(PrivateKey key) {
    try {
      PrivateJwk<?, ?, ?> pair = Jwks.builder().key(key).build();
      return publicKey(pair.toPublicJwk().toKey(), key);
    } catch (JwtException | IllegalArgumentException e) {
      // Falls through: the cause may describe the key.
    }
    throw unsupported();
  }

  private static GripKey publicKey(PublicKey key, @Nullable PrivateKey signing) {
    if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      if (bits < MIN_RSA_BITS) {
        throw new IllegalArgumentException(
            "a GRIP key of type RSA must have at least %d bits, this one has %d"
                .formatted(MIN_RSA_BITS, bits));
      }
      return GripKey.ofPair(GripKey.Type.RSA, key, signing);
    }
    if (key instanceof ECPublicKey ec && isP256(ec.getParams())) {
      return GripKey.ofPair(GripKey.Type.EC, key, signing);
    }
    throw unsupported();
  }

  private static boolean isP256(ECParameterSpec given) {
    return given.getCurve().equals(P256.getCurve())
        && given.getGenerator().equals(P256.getGenerator())
        && given.getOrder().equals(P256.getOrder());
  }

  private static ECParameterSpec p256() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec("secp256r1"));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no curve P-256", e);
    }
  }

  private static IllegalArgumentException unsupported() {
    return new IllegalArgumentException(
        "a GRIP key must be a secret, an EC key on P-256 or an RSA key; this one is none of them");
  }
}
