/**
 * GRIP in Javalin 7: a plugin that reads a proxy's statements and applies instructs. Javalin is an
 * optional dependency of this module: programs that use this package have it already.
 */
@NullMarked
package io.gripstream.grip.javalin;

import org.jspecify.annotations.NullMarked;
