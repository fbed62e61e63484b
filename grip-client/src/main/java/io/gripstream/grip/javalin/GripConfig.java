package io.gripstream.grip.javalin;

import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.ProxyTrust;
import io.gripstream.grip.publish.PublishOptions;
import io.gripstream.grip.websocket.MetaKey;
import io.gripstream.grip.websocket.WebSocketContext;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Settings of {@link GripPlugin}. Use it in one thread at a time. */
public final class GripConfig {

  final List<GripProxy> proxies = new ArrayList<>();
  GripPrefix prefix = GripPrefix.NONE;
  boolean isProxyRequired;
  final Set<String> trustedProxies = new HashSet<>();
  MetaKey metaKey = MetaKey.NONE;
  PublishOptions publishOptions = PublishOptions.DEFAULT;
  Clock clock = Clock.systemUTC();

  GripConfig() {}

  /** Adds a proxy in front of this application. Default: none, so no request is proxied. */
  public GripConfig proxy(GripProxy proxy) {
    proxies.add(proxy);
    return this;
  }

  /**
   * Adds the proxy of a {@code GRIP_URL} in front of this application.
   *
   * @throws IllegalArgumentException as {@link GripProxy#parse}
   */
  public GripConfig proxy(String gripUrl) {
    return proxy(GripProxy.parse(gripUrl));
  }

  /**
   * Adds the proxies of an environment: {@code GRIP_URL}, {@code GRIP_VERIFY_KEY} and
   * {@code GRIP_VERIFY_KEY_PREVIOUS}, as {@link GripProxy#fromEnvironment} reads them.
   * {@code GRIP_PREFIX}, if it is set, works as {@link #gripPrefix}.
   *
   * @param environment such as {@link System#getenv()}
   * @throws IllegalArgumentException if one of them is malformed
   */
  public GripConfig proxiesFromEnvironment(Map<String, String> environment) {
    GripProxy.fromEnvironment(environment).forEach(this::proxy);
    String prefix = environment.getOrDefault("GRIP_PREFIX", "");
    return prefix.isEmpty() ? this : gripPrefix(prefix);
  }

  /**
   * Sets the prefix of all channels, in instructs, subscriptions and publishes
   * ({@code GRIP_PREFIX}). Default: empty.
   *
   * @throws IllegalArgumentException as {@link GripPrefix}
   */
  public GripConfig gripPrefix(String prefix) {
    this.prefix = new GripPrefix(prefix);
    return this;
  }

  /**
   * Answers 501 instead of an instruct to a request that no proxy forwarded. Default: the answer is
   * sent without the instruct.
   */
  public GripConfig requireProxy() {
    isProxyRequired = true;
    return this;
  }

  /**
   * Adds an address from which a request with {@code Grip-Sig} is trusted although no proxy has a
   * verify key. Default: loopback only. See {@link ProxyTrust}.
   *
   * @param address a numeric address, such as {@code 10.0.0.7} or {@code 2001:db8::7}
   */
  public GripConfig trustedProxy(String address) {
    trustedProxies.add(address);
    return this;
  }

  /**
   * Sets the secret that signs connection meta ({@link WebSocketContext#setConnectionMeta}), so
   * that values made up by a client are ignored. All instances need the same secret; with another
   * one, the meta of open connections is unknown. Default: none. Then only a proxy's route with
   * {@code over_http} keeps clients from sending {@code Meta-*} headers themselves.
   *
   * @throws IllegalArgumentException if it has fewer than
   *     {@value io.gripstream.grip.internal.Secrets#MIN_BYTES} bytes of UTF-8
   */
  public GripConfig secret(String secret) {
    this.metaKey = MetaKey.of(secret);
    return this;
  }

  /**
   * Sets the options of the publisher; {@link #gripPrefix} is added. Default:
   * {@link PublishOptions#DEFAULT}.
   *
   * @throws IllegalArgumentException if they have a prefix: instructs need the same one
   */
  public GripConfig publishOptions(PublishOptions options) {
    if (!options.prefix().equals(GripPrefix.NONE)) {
      throw new IllegalArgumentException(
          "the publish options have the prefix \"" + options.prefix().text()
              + "\"; set it with gripPrefix(…), so that instructs have it too");
    }
    this.publishOptions = options;
    return this;
  }

  /** Sets the clock for the expiry of signatures. Default: the system's. */
  public GripConfig clock(Clock clock) {
    this.clock = clock;
    return this;
  }
}
