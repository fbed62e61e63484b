package io.gripstream.app.fuzz;

import io.gripstream.grip.GripProxy;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code GRIP_URL}: refused with a reason that has none of its keys. */
public final class ProxyUrlFuzz {
  private static final String KEY = "S3CR3T";

  private ProxyUrlFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    String url = new String(input, StandardCharsets.UTF_8);
    if (url.contains(KEY)) {
      return;
    }
    for (String text : List.of(url, "http://h:1?iss=a&key=" + KEY + url, "http://u:" + KEY + url)) {
      try {
        List<GripProxy> proxies = GripProxy.parseAll(text);
        proxies.forEach(proxy -> concealed(proxy.name() + proxy));
      } catch (IllegalArgumentException refused) {
        concealed(String.valueOf(refused.getMessage()));
      }
    }
  }

  private static void concealed(String shown) {
    if (shown.contains(KEY)) {
      throw new AssertionError("a key is shown: " + shown);
    }
  }
}
