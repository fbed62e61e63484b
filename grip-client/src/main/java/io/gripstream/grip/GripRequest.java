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
 * The statements of a request's headers about the proxy that forwarded it.
 *
 * @param isProxied whether to answer with an instruct: the request is signed, or it has a signature
 *     and no proxy has a key to verify it. In the second case ({@code isProxied} and not
 *     {@code isSigned}) trust it only if only the proxy can reach the origin, as on loopback;
 *     {@link ProxyTrust} decides this
 * @param isSigned whether the key of a configured proxy verifies {@code Grip-Sig}
 * @param proxy the proxy that signed, or null
 * @param features the abilities of the proxy ({@code Grip-Feature}), such as {@code link:next};
 *     empty unless proxied
 * @param lastIds by channel without prefix, the last id that the client has ({@code Grip-Last});
 *     empty unless proxied
 * @param refusal why the {@code Grip-Sig} was not accepted; null if there was none or it is good
 */
public record GripRequest(
    boolean isProxied,
    boolean isSigned,
    @Nullable GripProxy proxy,
    Set<String> features,
    Map<String, String> lastIds,
    GripSig.@Nullable Invalid refusal) {

  /** A request that no proxy forwarded. */
  public static final GripRequest DIRECT =
      new GripRequest(false, false, null, Set.of(), Map.of(), null);

  public GripRequest {
    features = Collections.unmodifiableSet(new LinkedHashSet<>(features));
    lastIds = Collections.unmodifiableMap(new LinkedHashMap<>(lastIds));
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
