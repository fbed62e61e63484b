@NullMarked
package io.gripstream.app.log;

import org.jspecify.annotations.NullMarked;
