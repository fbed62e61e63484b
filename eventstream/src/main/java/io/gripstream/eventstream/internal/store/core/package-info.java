/** The parts of every storage, and the simplest storage: events in memory. Not API. */
@NullMarked
package io.gripstream.eventstream.internal.store.core;

import org.jspecify.annotations.NullMarked;
