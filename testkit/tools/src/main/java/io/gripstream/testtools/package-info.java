/**
 * What the tests of this repository share and nobody else needs: programs and servers that are
 * started, stopped and broken. Never published; what applications use in their tests lies in the
 * test kits.
 */
@NullMarked
package io.gripstream.testtools;

import org.jspecify.annotations.NullMarked;
