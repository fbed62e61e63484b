/**
 * Copies what one storage holds into another one: what each of the two must offer, and how a copy
 * goes. Knows no kind of storage. Not API.
 */
@NullMarked
package io.gripstream.eventstream.internal.store.copy;

import org.jspecify.annotations.NullMarked;
