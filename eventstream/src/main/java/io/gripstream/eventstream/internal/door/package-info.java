/**
 * Not API. The door through which a web framework enters: what it hands in, and what it gets. Knows
 * no server.
 */
@NullMarked
package io.gripstream.eventstream.internal.door;

import org.jspecify.annotations.NullMarked;
