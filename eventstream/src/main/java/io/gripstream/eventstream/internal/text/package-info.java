/** Written forms that values and streams share. Not API. */
@NullMarked
package io.gripstream.eventstream.internal.text;

import org.jspecify.annotations.NullMarked;
