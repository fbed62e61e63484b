package io.gripstream.eventstream;

/**
 * An event that only one client gets, when it connects: a part of the state on which later events
 * build.
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
