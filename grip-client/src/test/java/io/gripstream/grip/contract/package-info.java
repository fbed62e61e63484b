/** What a proxy does with our instructs and items: the fake one and Pushpin alike. */
@NullMarked
package io.gripstream.grip.contract;

import org.jspecify.annotations.NullMarked;
