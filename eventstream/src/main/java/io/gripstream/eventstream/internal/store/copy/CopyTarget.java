package io.gripstream.eventstream.internal.store.copy;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.Revocations.Revocation;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * A storage into which a copy is written. From {@link #begin} to {@link #finish} it is marked as
 * unfinished, and no store opens it. Every step checks that the mark is still this copy's. Used by
 * one thread; all methods block, and throw a
 * {@link io.gripstream.eventstream.store.StoreException}.
 */
public interface CopyTarget extends AutoCloseable {
  /** Its own epoch, which it has until {@link #finish}. */
  String epoch();

  /**
   * Removes the data of an earlier copy that stopped early, and marks the storage as unfinished.
   *
   * @return false if it holds something else; then nothing was changed
   */
  boolean begin();

  /**
   * Writes channels.
   *
   * @return those that were not there; they are the page that {@link #events} reads
   */
  List<Copied.Channel> write(List<Copied.Channel> channels);

  /** Writes events of channels of the last page, those of a channel in the order of their ids. */
  void store(List<Event> events);

  /** The channels of the last page, as they are now. */
  Collection<Copied.Channel> written();

  /** Reads back events; see {@link CopySource#events}. */
  void events(Collection<Copied.Channel> channels, Consumer<Event> event);

  /** Writes what there is only once; but the epoch counts from {@link #finish} on. */
  void identify(Copied.Identity identity);

  void writeKeys(List<Copied.Key> keys);

  void writeCursors(List<Copied.Cursor> cursors);

  void writeRevocations(List<Revocation> revocations);

  /** Number of channels that were written. */
  long channels();

  /** Makes it a storage, durably; returns its epoch. */
  String finish();

  @Override
  void close();
}
