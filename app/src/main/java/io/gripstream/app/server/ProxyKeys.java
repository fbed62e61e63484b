package io.gripstream.app.server;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.auth.WeakSecrets;
import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import io.gripstream.grip.GripKey;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.internal.KeySecrets;
import io.gripstream.grip.internal.Secrets;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses well-known or weak keys of proxies where strangers could use them. */
public final class ProxyKeys {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyKeys.class);

  private ProxyKeys() {}

  /**
   * @throws ConfigException if a proxy's key is {@code changeme} or weak, and the server is not
   *     bound to loopback
   */
  public static void check(Settings settings) {
    boolean isLoopback = Authenticator.isLoopback(settings.http().host());
    for (Settings.Proxy proxy : settings.grip().proxies()) {
      for (GripKey key : proxy.grip().verifyKeys()) {
        check(proxy.grip(), key, settings.http().host(), isLoopback);
      }
    }
  }

  private static void check(GripProxy proxy, GripKey key, String host, boolean isLoopback) {
    if (!key.isPushpinDefault()) {
      if (isLoopback) {
        return;
      }
      KeySecrets.of(key)
          .ifPresent(secret -> WeakSecrets.check(
              "the verify key of proxy " + proxy.name() + " (GRIP_VERIFY_KEY)",
              new String(secret, StandardCharsets.ISO_8859_1),
              Secrets.MIN_BYTES));
      return;
    }
    if (!isLoopback) {
      throw new ConfigException("the verify key of proxy " + proxy.name()
          + " is changeme, which is public, and host " + host
          + " can be reached from other machines: set sig_key in pushpin.conf and GRIP_VERIFY_KEY to"
          + " your own secret, or listen on 127.0.0.1");
    }
    LOG.warn(
        "The verify key of proxy {} is changeme, Pushpin's default key. Use it on this machine only:"
            + " set sig_key in pushpin.conf and GRIP_VERIFY_KEY to your own secret",
        proxy.name());
  }
}
