/** Reads settings from files and environment. Only this package does so. */
@NullMarked
package io.gripstream.app.config;

import org.jspecify.annotations.NullMarked;
