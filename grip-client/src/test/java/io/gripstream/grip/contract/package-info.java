/** The behaviour of a proxy with our instructs and items: of the fake one and of Pushpin. */
@NullMarked
package io.gripstream.grip.contract;

import org.jspecify.annotations.NullMarked;
