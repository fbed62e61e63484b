/** Events in a SQLite file. Knows nothing of PostgreSQL. Not API. */
@NullMarked
package io.gripstream.eventstream.internal.store.sqlite;

import org.jspecify.annotations.NullMarked;
