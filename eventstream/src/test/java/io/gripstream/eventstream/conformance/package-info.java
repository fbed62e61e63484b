/**
 * One suite, run twice at once: every case has one client that is served directly and one behind a
 * real Pushpin, on the same server, and what they got is compared byte by byte.
 */
@NullMarked
package io.gripstream.eventstream.conformance;

import org.jspecify.annotations.NullMarked;
