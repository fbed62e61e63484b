package io.gripstream.grip.publish;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a proxy did lately, as its publisher saw it.
 *
 * @param state the outcome of the last request to the control endpoint
 * @param since when the state became that, or null if it is unknown
 * @param lastError what went wrong last, also if it is ok again; null if nothing did. With
 *     {@code UNKNOWN}: why it did not answer when it was asked
 * @param queuedItems items taken in and not yet settled
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
    /** It has not answered yet, and nothing was sent. */
    UNKNOWN,
    /** The endpoint answered, be it with a rejection. */
    OK,
    /** It did not answer, or with 5xx, 401 or 403. */
    DEGRADED
  }
}
