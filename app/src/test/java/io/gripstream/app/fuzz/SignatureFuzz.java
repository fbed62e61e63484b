package io.gripstream.app.fuzz;

import io.gripstream.grip.GripKey;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.GripRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Locale;

/** {@code Grip-Sig} and the other headers of a proxy: whatever they say, no exception. */
public final class SignatureFuzz {
  private static final List<GripProxy> PROXIES = List.of(
      GripProxy.builder(URI.create("http://h"))
          .verifyKey(GripKey.parse("a-key-of-twenty-bytes"))
          .verifyIssuer("pushpin")
          .build(),
      GripProxy.fastly("abc", "token"));

  private SignatureFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    String[] headers = new String(input, StandardCharsets.UTF_8).split("\n", -1);
    GripRequest request = GripRequest.read(
        name -> valuesOf(name, headers), PROXIES, GripPrefix.NONE, Clock.systemUTC());
    if (request.isSigned()) {
      throw new AssertionError("a signature that nobody made is accepted");
    }
  }

  private static List<String> valuesOf(String name, String[] headers) {
    String begin = name.toLowerCase(Locale.ROOT) + ":";
    return List.of(headers).stream()
        .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(begin))
        .map(header -> header.substring(begin.length()).strip())
        .toList();
  }
}
