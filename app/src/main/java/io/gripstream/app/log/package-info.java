/** What the server and its commands write to standard error. */
@NullMarked
package io.gripstream.app.log;

import org.jspecify.annotations.NullMarked;
