package io.gripstream.eventstream;

import java.net.URI;
import java.util.regex.Pattern;

/** The part of a client's path that a proxy's route removes before it asks the application. */
final class PublicPath {
  /**
   * Characters that stay the same in a path, in a {@code Grip-Link}, and after a proxy has
   * normalised it.
   */
  private static final Pattern PLAIN = Pattern.compile("(/[A-Za-z0-9_.~%-]+)*");

  private PublicPath() {}

  /**
   * Returns the path without a trailing slash; empty if there is none.
   *
   * @throws IllegalArgumentException if it has characters that a link cannot carry
   */
  static String of(URI publicUrl) {
    String path =
        publicUrl.getRawPath() == null ? "" : publicUrl.getRawPath().replaceAll("/+$", "");
    if (!PLAIN.matcher(path).matches()) {
      throw new IllegalArgumentException(
          "the path \"" + path + "\" of " + publicUrl.getScheme() + "://"
              + publicUrl.getHost()
              + " can have letters, digits and _ . ~ - % between single slashes");
    }
    return path;
  }
}
