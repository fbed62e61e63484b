/** What {@code scripts/bench publish} runs. */
@NullMarked
package io.gripstream.grip.bench;

import org.jspecify.annotations.NullMarked;
