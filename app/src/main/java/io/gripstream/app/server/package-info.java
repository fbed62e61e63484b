/** The server: an event stream, its routes and its lifecycle. */
@NullMarked
package io.gripstream.app.server;

import org.jspecify.annotations.NullMarked;
