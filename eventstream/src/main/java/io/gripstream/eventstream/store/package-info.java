/**
 * Where events are kept, as users and backends see it: the {@code EventStore} contract, its options
 * and its values. Backends lie in {@code internal.store}; {@code EventStores} makes them.
 */
@NullMarked
package io.gripstream.eventstream.store;

import org.jspecify.annotations.NullMarked;
