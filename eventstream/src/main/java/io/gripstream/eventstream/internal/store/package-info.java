/** Which kinds of storage there are. Not API. */
@NullMarked
package io.gripstream.eventstream.internal.store;

import org.jspecify.annotations.NullMarked;
