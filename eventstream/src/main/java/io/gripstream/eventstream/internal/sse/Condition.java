package io.gripstream.eventstream.internal.sse;

/** Why a stream is refused or ended by the server. */
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

  /** Whether returning is useless; the event then has the id {@code error}. */
  boolean isFinal() {
    return isFinal;
  }
}
