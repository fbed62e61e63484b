/** Events in Redis or Valkey. Knows nothing of SQL. Not API. */
@NullMarked
package io.gripstream.eventstream.internal.store.redis;

import org.jspecify.annotations.NullMarked;
