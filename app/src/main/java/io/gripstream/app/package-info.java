/** The server and its command line, made only of what eventstream offers to everybody. */
@NullMarked
package io.gripstream.app;

import org.jspecify.annotations.NullMarked;
