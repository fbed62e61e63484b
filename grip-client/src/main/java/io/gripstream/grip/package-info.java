/**
 * The values on the GRIP wire: proxies, keys and signatures, requests, instructs.
 *
 * <p>Everything here is immutable, does no I/O and may be shared between threads.
 */
@NullMarked
package io.gripstream.grip;

import org.jspecify.annotations.NullMarked;
