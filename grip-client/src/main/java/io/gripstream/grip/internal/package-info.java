/** Shared by the modules of this project. Not API: it may change in any release. */
@NullMarked
package io.gripstream.grip.internal;

import org.jspecify.annotations.NullMarked;
