/** Turns files and environment into settings, and nothing else does. */
@NullMarked
package io.gripstream.app.config;

import org.jspecify.annotations.NullMarked;
