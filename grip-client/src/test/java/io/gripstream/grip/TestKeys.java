package io.gripstream.grip;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Fresh keys in the forms in which configurations hold them. */
final class TestKeys {

  private static final List<Pair> PAIRS = List.of(pair(GripKey.Type.EC), pair(GripKey.Type.RSA));

  private TestKeys() {}

  record Pair(GripKey.Type type, String publicPem, String privatePem, String privateJwk) {}

  static List<Pair> pairs() {
    return PAIRS;
  }

  static Pair pair(GripKey.Type type) {
    boolean ec = type == GripKey.Type.EC;
    KeyPair keys = generate(ec ? "EC" : "RSA", ec ? 256 : 2048);
    return new Pair(
        type,
        pem("PUBLIC KEY", keys.getPublic().getEncoded()),
        pem("PRIVATE KEY", keys.getPrivate().getEncoded()),
        ec ? ecJwk(keys) : rsaJwk(keys));
  }

  static String publicPem(String algorithm, int bits) {
    return pem("PUBLIC KEY", generate(algorithm, bits).getPublic().getEncoded());
  }

  private static KeyPair generate(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String label, byte[] der) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  private static String ecJwk(KeyPair keys) {
    var point = ((ECPublicKey) keys.getPublic()).getW();
    return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\",\"d\":\"%s\"}"
        .formatted(
            number(point.getAffineX(), 32),
            number(point.getAffineY(), 32),
            number(((ECPrivateKey) keys.getPrivate()).getS(), 32));
  }

  private static String rsaJwk(KeyPair keys) {
    var key = (RSAPrivateCrtKey) keys.getPrivate();
    return "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\",\"d\":\"%s\",\"p\":\"%s\",\"q\":\"%s\",\"dp\":\"%s\",\"dq\":\"%s\",\"qi\":\"%s\"}"
        .formatted(
            number(key.getModulus(), 0),
            number(key.getPublicExponent(), 0),
            number(key.getPrivateExponent(), 0),
            number(key.getPrimeP(), 0),
            number(key.getPrimeQ(), 0),
            number(key.getPrimeExponentP(), 0),
            number(key.getPrimeExponentQ(), 0),
            number(key.getCrtCoefficient(), 0));
  }

  /** Without the sign byte, and padded to a length if there is one. */
  private static String number(BigInteger value, int length) {
    byte[] bytes = value.toByteArray();
    int start = bytes[0] == 0 ? 1 : 0;
    byte[] digits = Arrays.copyOfRange(bytes, start, bytes.length);
    byte[] padded = new byte[Math.max(length, digits.length)];
    System.arraycopy(digits, 0, padded, padded.length - digits.length, digits.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(padded);
  }
}
