/**
 * For tests of applications (docs/testing.md): a complete event stream, a recording client with
 * assertions, a movable clock and faults on demand. For authors of a storage: the contract of
 * {@code EventStore}. What docs/testing.md does not name is for our own tests and may change in any
 * release: programs and servers that are started, stopped and broken.
 */
@NullMarked
package io.gripstream.eventstream.testkit;

import org.jspecify.annotations.NullMarked;
