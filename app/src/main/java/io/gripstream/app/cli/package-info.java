/** The command line: one class per command. */
@NullMarked
package io.gripstream.app.cli;

import org.jspecify.annotations.NullMarked;
