/** Not API: may change with any version. */
@NullMarked
package io.gripstream.eventstream.internal;

import org.jspecify.annotations.NullMarked;
