/**
 * Proxied mode: answers with instructs, publishing and kicks through proxies, and the relay that
 * repeats unconfirmed events. Not API.
 */
@NullMarked
package io.gripstream.eventstream.internal.proxied;

import org.jspecify.annotations.NullMarked;
