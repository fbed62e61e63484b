/**
 * For the tests of others: a recording client with assertions for applications that stream events,
 * and the contract of {@code EventStore} for whoever writes a backend.
 */
@NullMarked
package io.gripstream.eventstream.testkit;

import org.jspecify.annotations.NullMarked;
