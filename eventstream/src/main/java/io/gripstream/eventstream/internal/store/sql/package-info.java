/**
 * The shared parts of SQL databases: one writer with group commit, sessions, batches, the outbox,
 * keys, revocations and the ledger in tables. Knows JDBC, and no database by name. Not API.
 */
@NullMarked
package io.gripstream.eventstream.internal.store.sql;

import org.jspecify.annotations.NullMarked;
