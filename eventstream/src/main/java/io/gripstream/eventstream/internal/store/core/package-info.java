/** What every storage is made of, and the simplest one: events in memory. Not API. */
@NullMarked
package io.gripstream.eventstream.internal.store.core;

import org.jspecify.annotations.NullMarked;
