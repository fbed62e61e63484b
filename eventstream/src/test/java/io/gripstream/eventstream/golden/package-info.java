/** Holds Gripstream to recorded exchanges of django-eventstream 5.3.4. */
@NullMarked
package io.gripstream.eventstream.golden;

import org.jspecify.annotations.NullMarked;
