package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;

/**
 * A kind of storage, as {@code EventStores} finds it by a URL. Loading the class loads no library
 * of that storage.
 */
public interface Backend {
  /** Whether the URL is one of this kind, by how it begins. */
  boolean accepts(String databaseUrl);

  /** How such a URL is written, for messages. */
  String form();

  /**
   * A store, not started. Does no I/O.
   *
   * @throws IllegalArgumentException if the URL is wrong; the message has nothing secret
   * @throws IllegalStateException if a library is missing; the message names it
   */
  EventStore store(String databaseUrl, StoreOptions options);

  /** Brings the schema up to date; returns the epoch. Blocks. */
  String migrate(String databaseUrl, StoreOptions options);

  /** As {@link #migrate}, and makes a new epoch. Blocks. */
  String renewEpoch(String databaseUrl, StoreOptions options);

  /** Whether the storage is known to be open elsewhere. Blocks. */
  boolean isInUse(String databaseUrl, StoreOptions options);
}
