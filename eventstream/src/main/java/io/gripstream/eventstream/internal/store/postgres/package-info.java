/** Events in a PostgreSQL database. Knows nothing of SQLite. Not API. */
@NullMarked
package io.gripstream.eventstream.internal.store.postgres;

import org.jspecify.annotations.NullMarked;
