@NullMarked
package io.gripstream.app.api;

import org.jspecify.annotations.NullMarked;
