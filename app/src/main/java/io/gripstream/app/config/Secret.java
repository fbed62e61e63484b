package io.gripstream.app.config;

/** A text that must not be printed: {@link #toString} hides it from logs and errors. */
public record Secret(String value) {
  @Override
  public String toString() {
    return "***";
  }
}
