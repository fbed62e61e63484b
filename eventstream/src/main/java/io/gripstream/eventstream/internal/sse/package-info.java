/**
 * The bytes of a stream: the encoder, positions, the stream's own events. Pure functions. Not API.
 */
@NullMarked
package io.gripstream.eventstream.internal.sse;

import org.jspecify.annotations.NullMarked;
