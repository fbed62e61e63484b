package io.gripstream.grip;

import io.gripstream.grip.internal.Addresses;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which requests come from one of these proxies. If a proxy has a secret verify key, these
 * are the requests signed with it. If no proxy has a verify key, or only Pushpin's default key,
 * which is public, these are the requests with a {@code Grip-Sig} from loopback or a trusted
 * address. Thread-safe.
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
   * Makes a rule.
   *
   * @param prefix removed from the names in {@code Grip-Last}
   * @param trusted addresses besides loopback that are trusted without a secret key, numeric, such
   *     as {@code 10.0.0.7} or {@code 2001:db8::7}
   * @param clock by which the expiry of signatures is judged
   * @throws IllegalArgumentException if one of {@code trusted} is not an address, but for example a
   *     name, or a network as {@code 10.0.0.0/8}
   */
  public ProxyTrust(List<GripProxy> proxies, GripPrefix prefix, Set<String> trusted, Clock clock) {
    this.proxies = List.copyOf(proxies);
    this.prefix = prefix;
    this.trusted =
        trusted.stream().map(ProxyTrust::address).collect(Collectors.toUnmodifiableSet());
    this.clock = clock;
  }

  /** Logs a warning if requests are trusted without a signature. */
  public void warnIfUnsigned() {
    if (!proxies.isEmpty()
        && proxies.stream().allMatch(proxy -> proxy.verifyKeys().isEmpty())) {
      LOG.warn(
          "No proxy has a verify key: requests with a Grip-Sig from loopback{} are accepted without verification. Set GRIP_VERIFY_KEY",
          trusted.isEmpty() ? "" : " and " + String.join(", ", trusted));
    }
  }

  /**
   * Reads what a request says of its proxy, if it is trusted. Otherwise returns a direct request,
   * with the {@linkplain GripRequest#refusal() refusal} if it has a signature.
   *
   * @param peer the numeric address at the other end of the connection
   */
  public GripRequest read(HeaderSource headers, String peer) {
    GripRequest request = GripRequest.read(headers, proxies, prefix, clock);
    if (request.isProxied() && !isBelieved(request, peer)) {
      request = GripRequest.refused(new GripSig.Invalid(
          GripSig.Reason.UNTRUSTED_PEER,
          "no secret key verifies it, and it comes neither from loopback nor from a trusted"
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

  /** The name of the proxy, if there is exactly one. */
  public Optional<String> onlyProxy() {
    return proxies.size() == 1 ? Optional.of(proxies.get(0).name()) : Optional.empty();
  }

  /** The last refused signature; null: none. */
  public @Nullable RefusedSignature lastRefused() {
    return lastRefused;
  }

  /** Number of requests whose signature was refused. */
  public long refused() {
    return refused.get();
  }

  /**
   * Returns whether the request is signed with a secret key. Pushpin's default key is not secret,
   * so a signature that may be made with it proves nothing.
   */
  public static boolean isProof(GripRequest request) {
    GripProxy proxy = request.proxy();
    return request.isSigned()
        && proxy != null
        && proxy.verifyKeys().stream().noneMatch(GripKey::isPushpinDefault);
  }

  private boolean isBelieved(GripRequest request, String peer) {
    return isProof(request)
        || Addresses.isLoopback(peer)
        || Addresses.canonical(peer).filter(trusted::contains).isPresent();
  }

  private static String address(String text) {
    return Addresses.canonical(text)
        .orElseThrow(() -> new IllegalArgumentException(
            "trusted address \"" + text + "\": not a numeric address such as 10.0.0.7"));
  }
}
