/** What tests of stores share: the contract every backend passes, recorders, and real servers. */
@NullMarked
package io.gripstream.eventstream.testkit;

import org.jspecify.annotations.NullMarked;
