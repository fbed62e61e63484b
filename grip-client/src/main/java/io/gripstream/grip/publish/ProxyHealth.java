package io.gripstream.grip.publish;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The recent health of a proxy, as its publisher saw it.
 *
 * @param state the outcome of the last request to the control endpoint
 * @param since start of this state, or null if it is unknown
 * @param lastError the last problem, also after recovery; null if there was none. With
 *     {@code UNKNOWN}: the reason why a check got no answer
 * @param queuedItems accepted items without an outcome
 * @param queuedBytes their size as JSON
 */
public record ProxyHealth(
    State state,
    @Nullable Instant since,
    @Nullable String lastError,
    int queuedItems,
    long queuedBytes) {

  /** The outcome of the last request. */
  public enum State {
    /** The endpoint has not answered yet, and nothing was sent. */
    UNKNOWN,
    /** The endpoint answered, perhaps with a rejection. */
    OK,
    /** The endpoint did not answer, or answered 5xx, 401 or 403. */
    DEGRADED
  }
}
