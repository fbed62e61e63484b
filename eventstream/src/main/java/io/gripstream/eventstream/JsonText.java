package io.gripstream.eventstream;

import org.jspecify.annotations.Nullable;

/**
 * A value that is sent as JSON even if it is a string: {@code new JsonText("hi")} arrives as
 * {@code "hi"} with its quotes, the string {@code hi} without.
 */
public record JsonText(@Nullable Object value) {}
