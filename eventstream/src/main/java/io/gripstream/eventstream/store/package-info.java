/**
 * The storage of events: the {@code EventStore} contract between users and backends, its options
 * and its values. Backends lie in {@code internal.store}; {@code EventStores} makes them.
 */
@NullMarked
package io.gripstream.eventstream.store;

import org.jspecify.annotations.NullMarked;
