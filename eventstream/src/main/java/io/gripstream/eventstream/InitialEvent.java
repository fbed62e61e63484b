package io.gripstream.eventstream;

/**
 * An event that one client gets when it connects, and nobody else: the state from which later
 * events go on.
 *
 * @param type as in {@link Draft}
 * @param data as in {@link Draft}
 */
public record InitialEvent(String type, String data) {
  /** @throws IllegalArgumentException if a rule is broken; the message names value and rule */
  public InitialEvent {
    DraftRules.checkType(type);
    DraftRules.checkData(data);
  }
}
