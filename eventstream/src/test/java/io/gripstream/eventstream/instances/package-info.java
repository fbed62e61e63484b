/** Several processes with one storage, behind one proxy or several. */
@NullMarked
package io.gripstream.eventstream.instances;

import org.jspecify.annotations.NullMarked;
