/**
 * Programs to read and to start from: made only of what {@code eventstream} offers to everybody.
 */
@NullMarked
package io.gripstream.app.examples;

import org.jspecify.annotations.NullMarked;
