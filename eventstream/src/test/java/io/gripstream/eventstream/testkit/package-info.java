/** For the tests of applications that stream events: a recording client with assertions. */
@NullMarked
package io.gripstream.eventstream.testkit;

import org.jspecify.annotations.NullMarked;
