/** The runnable jar, as its users run it. */
@NullMarked
package io.gripstream.app;

import org.jspecify.annotations.NullMarked;
