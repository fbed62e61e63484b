/** Finds out why events do not arrive, and says what to do. */
@NullMarked
package io.gripstream.app.doctor;

import org.jspecify.annotations.NullMarked;
