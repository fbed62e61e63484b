package io.gripstream.app.config;

/**
 * A text that must not be printed: {@link #toString} hides it, so that no log or error can have it.
 */
public record Secret(String value) {
  @Override
  public String toString() {
    return "***";
  }
}
