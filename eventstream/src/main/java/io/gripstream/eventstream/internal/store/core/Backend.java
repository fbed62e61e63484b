package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.internal.store.copy.CopySource;
import io.gripstream.eventstream.internal.store.copy.CopyTarget;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;

/**
 * A kind of storage, which {@code Backends} finds by a URL. Loading the class loads no library of
 * that storage.
 */
public interface Backend {
  /** Returns whether the URL has the beginning of this kind. */
  boolean accepts(String databaseUrl);

  /** The form of such a URL, for messages. */
  String form();

  /**
   * Makes a store, which is not started. Does no I/O.
   *
   * @throws IllegalArgumentException if the URL is wrong; the message contains no secret
   * @throws IllegalStateException if a library is missing; the message names it
   */
  EventStore store(String databaseUrl, StoreOptions options);

  /** Brings the schema up to date; returns the epoch. Blocks. */
  String migrate(String databaseUrl, StoreOptions options);

  /** Same as {@link #migrate}, and makes a new epoch. Blocks. */
  String renewEpoch(String databaseUrl, StoreOptions options);

  /** Returns whether the storage is known to be open elsewhere. Blocks. */
  boolean isInUse(String databaseUrl, StoreOptions options);

  /**
   * Opens what an existing storage holds, to copy it. Changes nothing. Blocks.
   *
   * @throws io.gripstream.eventstream.store.StoreException if there is none, or it cannot be copied
   */
  CopySource source(String databaseUrl, StoreOptions options);

  /**
   * Opens the tables of django-eventstream in such a database, to copy them. Blocks.
   *
   * @throws io.gripstream.eventstream.store.StoreException if they cannot be there, or not be read
   */
  CopySource django(String databaseUrl, StoreOptions options);

  /** Opens a storage to copy into it, and brings its schema up to date. Blocks. */
  CopyTarget target(String databaseUrl, StoreOptions options);
}
