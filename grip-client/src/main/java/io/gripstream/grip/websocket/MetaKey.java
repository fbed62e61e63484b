package io.gripstream.grip.websocket;

import io.gripstream.grip.internal.Secrets;
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
 * Signs {@linkplain WebSocketContext#setConnectionMeta connection meta}. A signed value was
 * certainly set by this application for this connection, not by a client on a route where the proxy
 * lets {@code Meta-*} headers pass. Thread-safe.
 */
public final class MetaKey {

  /** Does not sign and accepts any value: only the proxy's route keeps clients out. */
  public static final MetaKey NONE = new MetaKey(null);

  private static final String ALGORITHM = "HmacSHA256";

  /** Half of an HMAC-SHA256: enough against forgery, and short in a header. */
  private static final int MAC_BYTES = 16;

  private static final byte[] PURPOSE =
      "grip connection meta 1".getBytes(StandardCharsets.US_ASCII);

  private final @Nullable SecretKeySpec key;

  private MetaKey(@Nullable SecretKeySpec key) {
    this.key = key;
  }

  /**
   * Makes a key from a secret, which must be the same in every instance. With another secret, the
   * meta of open connections is unknown.
   *
   * @throws IllegalArgumentException if it has fewer than {@value Secrets#MIN_BYTES} bytes of UTF-8
   */
  public static MetaKey of(String secret) {
    return new MetaKey(new SecretKeySpec(Secrets.bytes(secret), ALGORITHM));
  }

  /** Returns the signed form, for the proxy to remember. */
  String seal(String connectionId, String name, String value) {
    return key == null ? value : mac(key, connectionId, name, value) + "." + value;
  }

  /** Returns the value, or null if this application did not set it for this connection and name. */
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

  /** Covers each part with its length, so that no two triples have the same signature. */
  private static String mac(SecretKeySpec key, String connectionId, String name, String value) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(PURPOSE);
      // Proxies may change the case of header names.
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
