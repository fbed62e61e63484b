package io.gripstream.eventstream.store;

/**
 * Says that the maximum number of revocations is in force. The message is one sentence for a
 * person.
 */
public final class TooManyRevocationsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception whose message names the limit and how to get below it. */
  public TooManyRevocationsException() {
    super(Revocations.MAX + " revocations are in force, which is the maximum:"
        + " lift some, or revoke \"*\" of a user instead of many channels");
  }
}
