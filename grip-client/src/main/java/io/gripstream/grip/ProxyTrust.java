package io.gripstream.grip;

import io.gripstream.grip.internal.Addresses;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which requests come from one of these proxies: those that a key of theirs has signed. Where no
 * proxy has a verify key, or it is Pushpin's default one, which everybody knows: those with a
 * {@code Grip-Sig} from loopback or a trusted address. Thread-safe.
 */
public final class ProxyTrust {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyTrust.class);

  private final List<GripProxy> proxies;
  private final GripPrefix prefix;
  private final Set<String> trusted;
  private final Clock clock;
  private final AtomicLong refused = new AtomicLong();
  private volatile @Nullable RefusedSignature lastRefused;

  /**
   * A rule.
   *
   * @param prefix taken off the names in {@code Grip-Last}
   * @param trusted addresses besides loopback that are believed without a secret key, in numbers as
   *     the peer's is written, such as {@code 10.0.0.7}
   * @param clock by which the expiry of signatures is judged
   */
  public ProxyTrust(List<GripProxy> proxies, GripPrefix prefix, Set<String> trusted, Clock clock) {
    this.proxies = List.copyOf(proxies);
    this.prefix = prefix;
    this.trusted = Set.copyOf(trusted);
    this.clock = clock;
  }

  /** Logs what is believed without a signature, if anything is. */
  public void warnIfUnsigned() {
    if (!proxies.isEmpty() && proxies.stream().allMatch(proxy -> proxy.verifyKey() == null)) {
      LOG.warn(
          "No proxy has a verify key: requests with a Grip-Sig from loopback{} are accepted without verification. Set GRIP_VERIFY_KEY",
          trusted.isEmpty() ? "" : " and " + String.join(", ", trusted));
    }
  }

  /**
   * What a request says of its proxy, as far as it is believed; else a direct request, with the
   * {@linkplain GripRequest#refusal() refusal} if it has a signature.
   *
   * @param peer the address at the other end of the connection, in numbers
   */
  public GripRequest read(HeaderSource headers, String peer) {
    GripRequest request = GripRequest.read(headers, proxies, prefix, clock);
    if (request.proxied() && !isBelieved(request, peer)) {
      request = GripRequest.refused(new GripSig.Invalid(
          GripSig.Reason.UNTRUSTED_PEER,
          "no key of our own verifies it, and it comes neither from loopback nor from a trusted"
              + " proxy"));
    }
    GripSig.Invalid refusal = request.refusal();
    if (refusal != null) {
      refused.incrementAndGet();
      lastRefused = new RefusedSignature(clock.instant(), refusal.reason(), refusal.detail());
      LOG.debug("A Grip-Sig from {} is not accepted: {}", peer, refusal.detail());
    }
    return request;
  }

  /** The last signature that was not believed; null: none was. */
  public @Nullable RefusedSignature lastRefused() {
    return lastRefused;
  }

  /** How many requests bore a signature that was not believed. */
  public long refused() {
    return refused.get();
  }

  /**
   * Whether the request is signed, and not by Pushpin's default key: that is no secret, so its
   * signature says no more than none.
   */
  public static boolean isProof(GripRequest request) {
    GripProxy proxy = request.proxy();
    GripKey key = proxy == null ? null : proxy.verifyKey();
    return request.signed() && key != null && !key.isPushpinDefault();
  }

  private boolean isBelieved(GripRequest request, String peer) {
    return isProof(request) || trusted.contains(peer) || Addresses.isLoopback(peer);
  }
}
