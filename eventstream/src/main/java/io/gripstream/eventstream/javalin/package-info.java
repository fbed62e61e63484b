/** The door for Javalin. */
@NullMarked
package io.gripstream.eventstream.javalin;

import org.jspecify.annotations.NullMarked;
