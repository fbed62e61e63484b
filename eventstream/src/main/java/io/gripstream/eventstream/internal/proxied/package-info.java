/** The GRIP answer, publishing and kicking through proxies, the relay that heals. Not API. */
@NullMarked
package io.gripstream.eventstream.internal.proxied;

import org.jspecify.annotations.NullMarked;
