/** Held connections: fan-out, back-pressure, keep-alive, drain. Not API. */
@NullMarked
package io.gripstream.eventstream.direct;

import org.jspecify.annotations.NullMarked;
