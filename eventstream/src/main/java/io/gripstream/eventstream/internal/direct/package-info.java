/**
 * Held connections: fan-out, back-pressure, keep-alive, drain.
 *
 * <p>Not API. Three kinds of threads meet here. The feed's thread appends events to the log of a
 * {@code ChannelLog} (one per set of channels) and does nothing else. A few fan-out loops own all
 * streams, each stream by one loop, and write from the log to the sockets without blocking. A few
 * replay threads wait for storage. The server's threads only hand things to a loop.
 */
@NullMarked
package io.gripstream.eventstream.internal.direct;

import org.jspecify.annotations.NullMarked;
