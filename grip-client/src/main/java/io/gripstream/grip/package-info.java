/**
 * The values of GRIP, the Generic Realtime Intermediary Protocol (<a
 * href="https://pushpin.org/docs/protocols/grip/">specification</a>): proxies, keys and signatures,
 * requests, instructs.
 *
 * <p>Everything here is immutable, does no I/O and may be shared between threads.
 */
@NullMarked
package io.gripstream.grip;

import org.jspecify.annotations.NullMarked;
