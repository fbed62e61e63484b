/**
 * Not API. The interface between a web framework and the event stream, in both directions. Names no
 * server.
 */
@NullMarked
package io.gripstream.eventstream.internal.door;

import org.jspecify.annotations.NullMarked;
