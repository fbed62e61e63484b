/** The log of the server and its commands, on standard error. */
@NullMarked
package io.gripstream.app.log;

import org.jspecify.annotations.NullMarked;
