/** Shared by the packages of this module; not for its users, and free to change. */
@NullMarked
package io.gripstream.grip.internal;

import org.jspecify.annotations.NullMarked;
