package io.gripstream.eventstream.store;

/**
 * How much one read may bring: events, and bytes of their data (UTF-8, roughly). Both at least 1.
 */
public record PageLimit(int events, int bytes) {
  /** A page that is cheap to hold in memory. */
  public static final PageLimit DEFAULT = new PageLimit(1_000, 1_000_000);

  public PageLimit {
    if (events < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "page limit " + events + " events, " + bytes + " bytes: each must be at least 1");
    }
  }
}
