/** The configuration: files and environment become values here, and nowhere else. */
@NullMarked
package io.gripstream.app.config;

import org.jspecify.annotations.NullMarked;
