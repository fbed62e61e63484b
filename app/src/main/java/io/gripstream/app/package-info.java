/** The server and its command line, built on the public interface of eventstream only. */
@NullMarked
package io.gripstream.app;

import org.jspecify.annotations.NullMarked;
