package io.gripstream.eventstream;

import org.jspecify.annotations.Nullable;

/**
 * An event that only one client gets, when it connects: a part of the state on which later events
 * build.
 *
 * @param type as in {@link Draft}
 * @param data as in {@link Draft}: a string as it is, anything else as JSON, written after it was
 *     returned
 */
public record InitialEvent(String type, @Nullable Object data) {
  /** @throws IllegalArgumentException if a rule is broken; the message names value and rule */
  public InitialEvent {
    DraftRules.checkType(type);
    if (data instanceof String text) {
      DraftRules.checkData(text);
    }
  }
}
