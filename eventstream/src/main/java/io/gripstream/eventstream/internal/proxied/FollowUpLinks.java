package io.gripstream.eventstream.internal.proxied;

/**
 * Makes the path of follow-up links, up to the token. Pushpin resolves a link against the path with
 * which it asked the application, and sends it through the client's route again. A route that
 * removes a part of the path removes it twice, unless the link contains that part. Pure functions
 * of the path.
 */
final class FollowUpLinks {
  /** The path segment before the token. */
  static final String SEGMENT = "~next";

  /** The path segment before the token of a gone link. */
  static final String GONE_SEGMENT = "~gone";

  private final String publicPath;

  /** @param publicPath the part that the proxy's route removes; empty: none is known */
  FollowUpLinks(String publicPath) {
    this.publicPath = publicPath;
  }

  /** For an answer to a client's own request. */
  String ofStream(String path) {
    return ofStream(path, SEGMENT);
  }

  /** The link that a proxy posts to when the client of this request has left. */
  String ofGone(String path) {
    return ofStream(path, GONE_SEGMENT);
  }

  private String ofStream(String path, String segment) {
    String stream = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    if (!publicPath.isEmpty()) {
      return asClientsSay(stream) + "/" + segment + "/";
    }
    // Relative to the request. It begins with "./" because a colon could come first.
    String lastSegment = path.endsWith("/") ? "" : path.substring(path.lastIndexOf('/') + 1) + "/";
    return "./" + escape(lastSegment) + segment + "/";
  }

  /** For an answer to a follow-up: the next token replaces its own. */
  String ofFollowUp(String path) {
    return publicPath.isEmpty() ? "" : asClientsSay(path.substring(0, path.lastIndexOf('/') + 1));
  }

  /** A route may have left the path unchanged. */
  private String asClientsSay(String path) {
    return escape(path.startsWith(publicPath + "/") ? path : publicPath + path);
  }

  /** A {@code Grip-Link} has no quoting. */
  private static String escape(String path) {
    return path.replace(",", "%2C").replace(";", "%3B");
  }
}
