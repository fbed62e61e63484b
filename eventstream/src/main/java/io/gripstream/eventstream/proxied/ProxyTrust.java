package io.gripstream.eventstream.proxied;

import io.gripstream.eventstream.RefusedSignature;
import io.gripstream.grip.GripKey;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.GripRequest;
import io.javalin.http.Context;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which requests come from a proxy of ours: those that one of their keys has signed. Where no proxy
 * has a key, those that say so and come from loopback or a trusted address. Thread-safe.
 */
public final class ProxyTrust {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyTrust.class);

  private final List<GripProxy> proxies;
  private final GripPrefix prefix;
  private final Set<String> trusted;
  private final Clock clock;
  private final AtomicLong refused = new AtomicLong();
  private volatile @Nullable RefusedSignature lastRefused;

  public ProxyTrust(List<GripProxy> proxies, GripPrefix prefix, Set<String> trusted, Clock clock) {
    this.proxies = List.copyOf(proxies);
    this.prefix = prefix;
    this.trusted = Set.copyOf(trusted);
    this.clock = clock;
  }

  /** Says once what is believed without a signature. */
  public void warnIfUnsigned() {
    if (!proxies.isEmpty() && proxies.stream().allMatch(proxy -> proxy.verifyKey() == null)) {
      LOG.warn(
          "No proxy has a verify key: requests with a Grip-Sig are believed unverified from loopback{}."
              + " Set GRIP_VERIFY_KEY",
          trusted.isEmpty() ? "" : " and " + String.join(", ", trusted));
    }
  }

  /** What the request says of its proxy, as far as it is believed; else it is a direct one. */
  public GripRequest read(Context ctx) {
    GripRequest grip = GripRequest.read(
        name -> Collections.list(ctx.req().getHeaders(name)), proxies, prefix, clock);
    if (grip.refusal() != null) {
      refuse(String.valueOf(grip.refusal()));
      LOG.debug(
          "A Grip-Sig from {} is not accepted, the request is served direct: {}",
          ctx.ip(),
          grip.refusal());
      return grip;
    }
    if (grip.proxied() && !isBelieved(grip, ctx.req().getRemoteAddr())) {
      refuse(
          "no key of our own verifies it, and it comes neither from loopback nor from a trusted proxy");
      return GripRequest.DIRECT;
    }
    return grip;
  }

  private void refuse(String reason) {
    refused.incrementAndGet();
    lastRefused = new RefusedSignature(clock.instant(), reason);
  }

  /** The last signature that was not believed; null: none was. */
  public @Nullable RefusedSignature lastRefused() {
    return lastRefused;
  }

  /** How many requests bore a signature that was not believed. */
  public long refused() {
    return refused.get();
  }

  /** Pushpin's default key is no secret: a signature made with it says no more than none. */
  private boolean isBelieved(GripRequest grip, String peer) {
    GripProxy proxy = grip.proxy();
    GripKey key = proxy == null ? null : proxy.verifyKey();
    boolean isProof = grip.signed() && key != null && !key.isPushpinDefault();
    return isProof || trusted.contains(peer) || isLoopback(peer);
  }

  /** Only for literal addresses, so that nothing is looked up. */
  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
