package io.gripstream.grip;

import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a request's headers about the proxy that forwarded it. Immutable and
 * thread-safe.
 */
public final class GripRequest {

  /** A request that no proxy forwarded. */
  public static final GripRequest DIRECT =
      new GripRequest(false, false, null, Set.of(), Map.of(), null);

  private final boolean isProxied;
  private final boolean isSigned;
  private final @Nullable GripProxy proxy;
  private final Set<String> features;
  private final Map<String, String> lastIds;
  private final GripSig.@Nullable Invalid refusal;

  private GripRequest(
      boolean isProxied,
      boolean isSigned,
      @Nullable GripProxy proxy,
      Set<String> features,
      Map<String, String> lastIds,
      GripSig.@Nullable Invalid refusal) {
    this.isProxied = isProxied;
    this.isSigned = isSigned;
    this.proxy = proxy;
    this.features = Collections.unmodifiableSet(new LinkedHashSet<>(features));
    this.lastIds = Collections.unmodifiableMap(new LinkedHashMap<>(lastIds));
    this.refusal = refusal;
  }

  /** Reads a request of an application without prefix. */
  public static GripRequest read(HeaderSource headers, List<GripProxy> proxies, Clock clock) {
    return read(headers, proxies, GripPrefix.NONE, clock);
  }

  /**
   * Reads whether a proxy forwarded a request, and its statements. If any proxy has a verify key,
   * only signed requests count as proxied.
   *
   * @param prefix removed from the names in {@code Grip-Last}; channels without it are left out
   */
  public static GripRequest read(
      HeaderSource headers, List<GripProxy> proxies, GripPrefix prefix, Clock clock) {
    List<String> tokens = headers.values(GripSig.HEADER);
    if (tokens.isEmpty() || proxies.isEmpty()) {
      return DIRECT;
    }
    if (tokens.size() > 1) {
      return refused(new GripSig.Invalid(
          GripSig.Reason.SEVERAL, "there are " + tokens.size() + " Grip-Sig headers"));
    }
    if (proxies.stream().allMatch(proxy -> proxy.verifyKeys().isEmpty())) {
      return new GripRequest(true, false, null, features(headers), lastIds(headers, prefix), null);
    }
    GripSig.Result result = GripSig.verify(tokens.get(0), proxies, clock);
    if (result instanceof GripSig.Valid valid) {
      return new GripRequest(
          true, true, valid.proxy(), features(headers), lastIds(headers, prefix), null);
    }
    return refused((GripSig.Invalid) result);
  }

  static GripRequest refused(GripSig.Invalid refusal) {
    return new GripRequest(false, false, null, Set.of(), Map.of(), refusal);
  }

  /**
   * Returns whether to answer with an instruct: the request is signed, or it has a signature and no
   * proxy has a key to verify it. In the second case (not {@link #isSigned}) trust it only if only
   * the proxy can reach the origin, as on loopback; {@link ProxyTrust} decides this.
   */
  public boolean isProxied() {
    return isProxied;
  }

  /** Returns whether the key of a configured proxy verifies {@code Grip-Sig}. */
  public boolean isSigned() {
    return isSigned;
  }

  /** The proxy that signed; null: none. */
  public @Nullable GripProxy proxy() {
    return proxy;
  }

  /**
   * The abilities of the proxy ({@code Grip-Feature}), such as {@code link:next}; empty unless
   * proxied. Unmodifiable.
   */
  public Set<String> features() {
    return features;
  }

  /**
   * By channel without prefix, the last id that the client has ({@code Grip-Last}); empty unless
   * proxied. Unmodifiable.
   */
  public Map<String, String> lastIds() {
    return lastIds;
  }

  /** Why the {@code Grip-Sig} was not accepted; null: there was none, or it is good. */
  public GripSig.@Nullable Invalid refusal() {
    return refusal;
  }

  @Override
  public String toString() {
    return "GripRequest[isProxied=" + isProxied + ", isSigned=" + isSigned + ", proxy=" + proxy
        + ", features=" + features + ", lastIds=" + lastIds + ", refusal=" + refusal + "]";
  }

  private static Set<String> features(HeaderSource headers) {
    var features = new LinkedHashSet<String>();
    for (String element : elements(headers, "Grip-Feature")) {
      features.add(element);
    }
    return features;
  }

  /** One header per channel or all in one, in any order. An entry without last-id is ignored. */
  private static Map<String, String> lastIds(HeaderSource headers, GripPrefix prefix) {
    var ids = new LinkedHashMap<String, String>();
    for (String element : elements(headers, "Grip-Last")) {
      String[] parts = element.split(";", -1);
      for (int i = 1; i < parts.length; i++) {
        String parameter = parts[i].strip();
        if (parameter.startsWith("last-id=")) {
          String id = parameter.substring("last-id=".length());
          prefix.strip(parts[0].strip()).ifPresent(channel -> ids.put(channel, id));
        }
      }
    }
    return ids;
  }

  private static List<String> elements(HeaderSource headers, String name) {
    return headers.values(name).stream()
        .flatMap(value -> List.of(value.split(",", -1)).stream())
        .map(String::strip)
        .filter(element -> !element.isEmpty())
        .toList();
  }
}
