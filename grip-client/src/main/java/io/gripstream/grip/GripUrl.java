package io.gripstream.grip;

import io.gripstream.grip.internal.WireText;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Parses {@code GRIP_URL}. No message here may quote a key, a token or a password. */
final class GripUrl {

  private static final Set<String> PARAMETERS =
      Set.of("iss", "key", "verify-iss", "verify-key", "verify-key-previous");

  /** The same parameters, and the URI, under the names in configuration objects. */
  private static final Map<String, String> CONFIG_NAMES = Map.of(
      "control_iss",
      "iss",
      "key",
      "key",
      "verify_iss",
      "verify-iss",
      "verify_key",
      "verify-key",
      "verify_key_previous",
      "verify-key-previous");

  private GripUrl() {}

  static GripProxy parse(String url) {
    return read(url, new HashMap<>());
  }

  static GripProxy fromConfig(Map<String, String> config) {
    var parameters = new HashMap<String, String>();
    config.forEach((name, value) -> {
      if (CONFIG_NAMES.containsKey(name)) {
        parameters.put(CONFIG_NAMES.get(name), value);
      } else if (!name.equals("control_uri")) {
        throw new IllegalArgumentException(
            "unknown name \"%s\" in the configuration of a GRIP proxy; known are control_uri, %s"
                .formatted(
                    WireText.printable(name),
                    String.join(", ", new TreeMap<>(CONFIG_NAMES).keySet())));
      }
    });
    String uri = config.get("control_uri");
    if (uri == null) {
      throw new IllegalArgumentException("the configuration of a GRIP proxy needs control_uri");
    }
    return read(uri, parameters);
  }

  private static GripProxy read(String url, Map<String, String> parameters) {
    if (url.indexOf('#') >= 0) {
      throw malformed("has a '#', which must be written %23 inside a key");
    }
    int question = url.indexOf('?');
    String address = question < 0 ? url : url.substring(0, question);
    String query = question < 0 ? "" : url.substring(question + 1);

    String others = takeParameters(query, parameters);
    int scheme = address.indexOf("://");
    if (scheme < 0) {
      throw malformed("must begin with http:// or https://");
    }
    int authority = scheme + 3;
    int slash = address.indexOf('/', authority);
    int at = address.lastIndexOf('@', slash < 0 ? address.length() : slash);
    String userInfo = at < authority ? null : address.substring(authority, at);
    String open =
        at < authority ? address : address.substring(0, authority) + address.substring(at + 1);

    GripProxy.Builder proxy = GripProxy.builder(uri(open, others));
    authenticate(proxy, userInfo, parameters);
    verify(proxy, parameters);
    return proxy.build();
  }

  private static URI uri(String open, String query) {
    try {
      return new URI(open + (query.isEmpty() ? "" : "?" + query));
    } catch (URISyntaxException e) {
      // The exception quotes its input, and a misplaced secret may be in there.
      throw malformed("is not a URL; its character " + (e.getIndex() + 1)
          + " is not allowed there; write it as %XX");
    }
  }

  /** Moves GRIP's parameters out of the query and returns the rest. */
  private static String takeParameters(String query, Map<String, String> parameters) {
    List<String> others = new ArrayList<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals), "parameter name");
      if (!PARAMETERS.contains(name)) {
        if (!pair.isEmpty()) {
          others.add(pair);
        }
        continue;
      }
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1), name);
      if (value.isEmpty()) {
        throw malformed("has an empty " + name);
      }
      if (parameters.putIfAbsent(name, value) != null) {
        throw malformed("has " + name + " twice");
      }
    }
    return String.join("&", others);
  }

  private static void authenticate(
      GripProxy.Builder proxy, @Nullable String userInfo, Map<String, String> parameters) {
    if (userInfo != null) {
      int colon = userInfo.indexOf(':');
      if (colon < 0) {
        throw malformed("has a user without a password: write user:password@");
      }
      proxy.basic(
          decode(userInfo.substring(0, colon), "user"),
          decode(userInfo.substring(colon + 1), "password"));
    }
    String issuer = parameters.get("iss");
    String key = parameters.get("key");
    if (key == null) {
      if (issuer != null) {
        throw malformed("has iss but no key to sign with");
      }
      return;
    }
    if (issuer == null) {
      proxy.bearer(key);
      return;
    }
    GripKey signing = GripKey.parse(key);
    proxy.jwt(issuer, signing);
    if (signing.type() == GripKey.Type.HMAC) {
      proxy.verifyKey(signing);
    }
  }

  private static void verify(GripProxy.Builder proxy, Map<String, String> parameters) {
    String issuer = parameters.get("verify-iss");
    if (issuer != null) {
      proxy.verifyIssuer(issuer);
    }
    String key = parameters.get("verify-key");
    if (key != null) {
      proxy.verifyKey(GripKey.parse(key));
    }
    String previous = parameters.get("verify-key-previous");
    if (previous != null) {
      proxy.previousVerifyKey(GripKey.parse(previous));
    }
  }

  private static String decode(String text, String what) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw malformed("has a malformed percent escape in its " + what);
    }
  }

  private static IllegalArgumentException malformed(String problem) {
    return new IllegalArgumentException("GRIP_URL " + problem);
  }
}
