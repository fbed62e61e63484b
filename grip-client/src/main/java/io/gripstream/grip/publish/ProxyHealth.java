package io.gripstream.grip.publish;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The recent health of a proxy, as its publisher saw it. Immutable and thread-safe. */
public final class ProxyHealth {

  /**
   * The outcome of the last request. Values may be added: let a {@code switch} have a default
   * branch.
   */
  public enum State {
    /** The endpoint has not answered yet, and nothing was sent. */
    UNKNOWN,
    /** The endpoint answered, perhaps with a rejection. */
    OK,
    /** The endpoint did not answer, or answered 5xx, 401 or 403. */
    DEGRADED
  }

  private final State state;
  private final @Nullable Instant since;
  private final @Nullable String lastError;
  private final int queuedItems;
  private final long queuedBytes;

  ProxyHealth(
      State state,
      @Nullable Instant since,
      @Nullable String lastError,
      int queuedItems,
      long queuedBytes) {
    this.state = state;
    this.since = since;
    this.lastError = lastError;
    this.queuedItems = queuedItems;
    this.queuedBytes = queuedBytes;
  }

  /** The outcome of the last request to the control endpoint. */
  public State state() {
    return state;
  }

  /** Start of this state; null: unknown. */
  public @Nullable Instant since() {
    return since;
  }

  /**
   * The last problem, also after recovery; null: there was none. With {@link State#UNKNOWN}: the
   * reason why a check got no answer.
   */
  public @Nullable String lastError() {
    return lastError;
  }

  /** Number of accepted items without an outcome. */
  public int queuedItems() {
    return queuedItems;
  }

  /** Size of these items as JSON. */
  public long queuedBytes() {
    return queuedBytes;
  }

  @Override
  public String toString() {
    return "ProxyHealth[state=" + state + ", since=" + since + ", lastError=" + lastError
        + ", queuedItems=" + queuedItems + ", queuedBytes=" + queuedBytes + "]";
  }
}
