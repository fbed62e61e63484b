/** Who asks, and what they may do. */
@NullMarked
package io.gripstream.app.auth;

import org.jspecify.annotations.NullMarked;
