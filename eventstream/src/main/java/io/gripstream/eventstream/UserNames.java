package io.gripstream.eventstream;

/**
 * Checks names of users that an event skips or whose rights are revoked: such names go through
 * proxies and storage. Pure functions.
 */
public final class UserNames {
  /** Maximum length of a name, in bytes of UTF-8. */
  public static final int MAX_BYTES = DraftRules.MAX_NAME_BYTES;

  private UserNames() {}

  /**
   * Returns the name if it is valid.
   *
   * @throws InvalidValueException if it is empty, longer than {@link #MAX_BYTES}, or has a comma, a
   *     control character or half a surrogate pair
   */
  public static String check(String user) {
    return check("user", user);
  }

  /** @param what its name in messages: {@code skipped user} */
  static String check(String what, String user) {
    if (user.isEmpty()) {
      throw new InvalidValueException(what + " is empty");
    }
    for (int i = 0; i < user.length(); i++) {
      char c = user.charAt(i);
      if (c == ',' || Character.isISOControl(c)) {
        throw new InvalidValueException(what + " has " + ChannelNames.codePoint(c) + " at index "
            + i + "; commas and control characters cannot be sent to a proxy");
      }
    }
    DraftRules.checkSurrogates(what, user);
    DraftRules.checkLength(what, user);
    return user;
  }
}
