/** What the adapters for Javalin read from Jetty below it, and repair in it. */
@NullMarked
package io.gripstream.grip.internal.jetty;

import org.jspecify.annotations.NullMarked;
