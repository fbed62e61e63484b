package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.SessionEnd;

/**
 * How the server ends a stream.
 *
 * @param last its last bytes
 * @param why the reason for the application
 */
record Ending(Frame last, SessionEnd.Reason why) {}
