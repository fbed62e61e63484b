/**
 * What users see: values and contracts, which import nothing, and the facade, which wires the
 * rooms.
 */
@NullMarked
package io.gripstream.eventstream;

import org.jspecify.annotations.NullMarked;
