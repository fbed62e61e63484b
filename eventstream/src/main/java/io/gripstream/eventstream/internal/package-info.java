/** Not API: may change in any release. */
@NullMarked
package io.gripstream.eventstream.internal;

import org.jspecify.annotations.NullMarked;
