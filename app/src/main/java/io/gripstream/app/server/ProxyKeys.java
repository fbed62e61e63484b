package io.gripstream.app.server;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import io.gripstream.grip.GripKey;
import io.gripstream.grip.GripProxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses the key that every Pushpin comes with where strangers could use it. */
public final class ProxyKeys {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyKeys.class);

  private ProxyKeys() {}

  /**
   * @throws ConfigException if a proxy's key is {@code changeme} and the server not bound to
   *     loopback
   */
  public static void check(Settings settings) {
    for (GripProxy proxy :
        settings.grip().proxies().stream().map(Settings.Proxy::grip).toList()) {
      GripKey key = proxy.verifyKey();
      if (key == null || !key.isPushpinDefault()) {
        continue;
      }
      if (!Authenticator.isLoopback(settings.http().host())) {
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
