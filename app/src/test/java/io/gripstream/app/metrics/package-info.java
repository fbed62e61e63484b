@NullMarked
package io.gripstream.app.metrics;

import org.jspecify.annotations.NullMarked;
