/**
 * For tests of applications (docs/testing.md): a complete event stream, a recording client with
 * assertions, a movable clock and faults on demand. For authors of a storage: the contract of
 * {@code EventStore}.
 */
@NullMarked
package io.gripstream.eventstream.testkit;

import org.jspecify.annotations.NullMarked;
