/** How fast stores take events and give them back, beside what the database itself can do. */
@NullMarked
package io.gripstream.eventstream.internal.store.bench;

import org.jspecify.annotations.NullMarked;
