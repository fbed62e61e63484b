/**
 * Tools for the tests of this repository only: programs and servers that tests start, stop and
 * break. Never published; the test kits are for the tests of applications.
 */
@NullMarked
package io.gripstream.testtools;

import org.jspecify.annotations.NullMarked;
