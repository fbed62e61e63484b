@NullMarked
package io.gripstream.app.cli;

import org.jspecify.annotations.NullMarked;
