package io.gripstream.eventstream.testkit;

import org.jspecify.annotations.Nullable;

/**
 * An event as a client sees it (WHATWG HTML, section 9.2.6).
 *
 * @param id the field of this event; null: none
 */
public record StreamEvent(String type, @Nullable String id, String data) {}
