/**
 * Programs to read and to start from: they use only the public interface of {@code eventstream}.
 */
@NullMarked
package io.gripstream.app.examples;

import org.jspecify.annotations.NullMarked;
