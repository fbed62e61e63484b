/**
 * For tests of code that speaks GRIP: a {@linkplain io.gripstream.grip.testkit.FakeProxy fake
 * proxy} without any process, and a {@linkplain io.gripstream.grip.testkit.Pushpin real Pushpin}.
 */
@NullMarked
package io.gripstream.grip.testkit;

import org.jspecify.annotations.NullMarked;
