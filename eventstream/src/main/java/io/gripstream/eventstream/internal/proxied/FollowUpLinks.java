package io.gripstream.eventstream.internal.proxied;

/**
 * The path of follow-up links, without the token at the end. Pushpin resolves a link against the
 * path with which it asked us, and sends it through the client's route again: a route that takes a
 * part of the path away does so twice, unless the link has that part. Pure functions of the path.
 */
final class FollowUpLinks {
  /** The path segment before the token. */
  static final String SEGMENT = "~next";

  private final String publicPath;

  /** @param publicPath what the proxy's route takes away; empty: nothing, as far as we know */
  FollowUpLinks(String publicPath) {
    this.publicPath = publicPath;
  }

  /** In an answer to a client's own request. */
  String ofStream(String path) {
    String stream = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    if (!publicPath.isEmpty()) {
      return asClientsSay(stream) + "/" + SEGMENT + "/";
    }
    // Relative to the request; "./", because a colon could come first.
    String lastSegment = path.endsWith("/") ? "" : path.substring(path.lastIndexOf('/') + 1) + "/";
    return "./" + escape(lastSegment) + SEGMENT + "/";
  }

  /** In an answer to a follow-up, beside whose token the next one stands. */
  String ofFollowUp(String path) {
    return publicPath.isEmpty() ? "" : asClientsSay(path.substring(0, path.lastIndexOf('/') + 1));
  }

  /** Some route may have left the path as it was. */
  private String asClientsSay(String path) {
    return escape(path.startsWith(publicPath + "/") ? path : publicPath + path);
  }

  /** A {@code Grip-Link} has no quoting (GRIP.md 3.1). */
  private static String escape(String path) {
    return path.replace(",", "%2C").replace(";", "%3B");
  }
}
