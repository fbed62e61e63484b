/**
 * Server-sent events for applications: the event stream with its configuration, and the values and
 * contracts that applications use. Start at {@link io.gripstream.eventstream.EventStream}.
 */
@NullMarked
package io.gripstream.eventstream;

import org.jspecify.annotations.NullMarked;
