package io.gripstream.eventstream.internal.sse;

/** The reason why the server refuses or ends a stream. */
public enum Condition {
  BAD_REQUEST("bad-request", true),
  FORBIDDEN("forbidden", true),
  INTERNAL_ERROR("internal-error", false),
  SLOW("slow", false),
  BUSY("busy", false),
  TOKEN_EXPIRED("token-expired", false),
  SHUTDOWN("shutdown", false);

  private final String word;
  private final boolean isFinal;

  Condition(String word, boolean isFinal) {
    this.word = word;
    this.isFinal = isFinal;
  }

  public String word() {
    return word;
  }

  /** Whether the client must not return; the event then has the id {@code error}. */
  boolean isFinal() {
    return isFinal;
  }
}
