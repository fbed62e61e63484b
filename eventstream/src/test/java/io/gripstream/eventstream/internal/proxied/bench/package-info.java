/** How many clients behind a real Pushpin are served, and how soon. */
@NullMarked
package io.gripstream.eventstream.internal.proxied.bench;

import org.jspecify.annotations.NullMarked;
