package io.gripstream.eventstream;

import org.jspecify.annotations.Nullable;

/**
 * An event for one client, when it connects: a part of the state to which later events refer.
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
