package io.gripstream.eventstream.internal.proxied;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The signed part of a link that proxies follow: nothing that this installation did not sign is
 * read.
 */
public final class FollowUpFuzz {
  private static final FollowUpTokens TOKENS =
      new FollowUpTokens(List.of("a key of this installation".getBytes(StandardCharsets.UTF_8)));

  private FollowUpFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    String token = new String(input, StandardCharsets.UTF_8);
    if (TOKENS.read(token).isPresent()
        || TOKENS.readGone(token).isPresent()
        || TOKENS.readKeeper(token).isPresent()) {
      throw new AssertionError("a link that nobody signed is read");
    }
  }
}
