/**
 * Where events are kept: the {@code EventStore} contract and its backends. Knows JDBC, nothing of
 * HTTP.
 */
@NullMarked
package io.gripstream.eventstream.store;

import org.jspecify.annotations.NullMarked;
