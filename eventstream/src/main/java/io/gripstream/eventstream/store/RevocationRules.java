package io.gripstream.eventstream.store;

/** What a revocation may name, in every backend. */
final class RevocationRules {
  private RevocationRules() {}

  /** @throws IllegalArgumentException if one is empty or has a NUL, which no text column holds */
  static void check(String user, String channel) {
    checkText("user", user);
    checkText("channel", channel);
  }

  private static void checkText(String what, String value) {
    if (value.isEmpty() || value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("revocation: the " + what + " is empty or contains a NUL");
    }
  }
}
