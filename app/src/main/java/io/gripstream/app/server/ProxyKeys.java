package io.gripstream.app.server;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.auth.WeakSecrets;
import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import io.gripstream.grip.GripKey;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.internal.Secrets;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses well-known or weak keys of proxies where strangers could use them. */
public final class ProxyKeys {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyKeys.class);

  private ProxyKeys() {}

  /**
   * @throws ConfigException if a proxy's key is {@code changeme} or weak, and the server not bound
   *     to loopback
   */
  public static void check(Settings settings) {
    for (GripProxy proxy :
        settings.grip().proxies().stream().map(Settings.Proxy::grip).toList()) {
      GripKey key = proxy.verifyKey();
      boolean isLoopback = Authenticator.isLoopback(settings.http().host());
      if (key == null || (isLoopback && !key.isPushpinDefault())) {
        continue;
      }
      if (!key.isPushpinDefault()) {
        key.secret()
            .ifPresent(secret -> WeakSecrets.check(
                "the verify key of proxy " + proxy.name() + " (GRIP_VERIFY_KEY)",
                new String(secret, StandardCharsets.ISO_8859_1),
                Secrets.MIN_BYTES));
        continue;
      }
      if (!isLoopback) {
        throw new ConfigException("the verify key of proxy " + proxy.name()
            + " is changeme, which everybody knows, and host " + settings.http().host()
            + " can be reached from other machines: set sig_key in pushpin.conf and GRIP_VERIFY_KEY to a"
            + " secret of your own, or listen on 127.0.0.1");
      }
      LOG.warn(
          "The verify key of proxy {} is changeme, as Pushpin comes. That is for this machine only:"
              + " set sig_key in pushpin.conf and GRIP_VERIFY_KEY to a secret of your own",
          proxy.name());
    }
  }
}
