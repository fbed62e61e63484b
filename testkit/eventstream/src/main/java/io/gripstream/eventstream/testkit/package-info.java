/**
 * For the tests of others (docs/testing.md): an event stream of the test's own, a recording client
 * with assertions, a clock to move, faults to inject; and the contract of {@code EventStore} for
 * whoever writes a backend.
 */
@NullMarked
package io.gripstream.eventstream.testkit;

import org.jspecify.annotations.NullMarked;
