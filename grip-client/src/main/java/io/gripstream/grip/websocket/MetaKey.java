package io.gripstream.grip.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs {@linkplain WebSocketContext#setConnectionMeta connection meta}, so that a value is known
 * to have been set by this application for this connection, and not by a client that reached it on
 * a route where the proxy lets {@code Meta-*} headers pass. Thread-safe.
 */
public final class MetaKey {

  /** Does not sign, and believes what arrives: the proxy's route alone keeps clients out. */
  public static final MetaKey NONE = new MetaKey(null);

  private static final String ALGORITHM = "HmacSHA256";

  /** Half of an HMAC-SHA256: enough against forgery, short in a header. */
  private static final int MAC_BYTES = 16;

  private static final int MIN_SECRET_BYTES = 16;
  private static final byte[] PURPOSE =
      "grip connection meta 1".getBytes(StandardCharsets.US_ASCII);

  private final @Nullable SecretKeySpec key;

  private MetaKey(@Nullable SecretKeySpec key) {
    this.key = key;
  }

  /**
   * A key from a secret, which is the same in every instance of the application. Another secret
   * makes the meta of connections that are open unknown.
   *
   * @throws IllegalArgumentException if it has fewer than 16 bytes of UTF-8
   */
  public static MetaKey of(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < MIN_SECRET_BYTES) {
      throw new IllegalArgumentException("the secret has %d bytes; at least %d are needed"
          .formatted(bytes.length, MIN_SECRET_BYTES));
    }
    return new MetaKey(new SecretKeySpec(bytes, ALGORITHM));
  }

  /** What to have the proxy remember. */
  String seal(String connectionId, String name, String value) {
    return key == null ? value : mac(key, connectionId, name, value) + "." + value;
  }

  /** The value, or null if it was not set by us, for this connection and this name. */
  @Nullable
  String open(String connectionId, String name, String sealed) {
    if (key == null) {
      return sealed;
    }
    int dot = sealed.indexOf('.');
    if (dot < 0) {
      return null;
    }
    String value = sealed.substring(dot + 1);
    boolean isOurs = MessageDigest.isEqual(
        sealed.substring(0, dot).getBytes(StandardCharsets.UTF_8),
        mac(key, connectionId, name, value).getBytes(StandardCharsets.UTF_8));
    return isOurs ? value : null;
  }

  /** Of each part with its length, so that no two triples are signed alike. */
  private static String mac(SecretKeySpec key, String connectionId, String name, String value) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(PURPOSE);
      // Proxies may write names of headers in another case.
      for (String part : new String[] {connectionId, name.toLowerCase(Locale.ROOT), value}) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        mac.update(bytes);
      }
      byte[] half = Arrays.copyOf(mac.doFinal(), MAC_BYTES);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(half);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  @Override
  public String toString() {
    return key == null ? "MetaKey[none]" : "MetaKey[secret]";
  }
}
