@NullMarked
package io.gripstream.app.config;

import org.jspecify.annotations.NullMarked;
