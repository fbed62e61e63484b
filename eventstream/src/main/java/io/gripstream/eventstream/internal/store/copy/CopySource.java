package io.gripstream.eventstream.internal.store.copy;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.Revocations.Revocation;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a storage holds, read part by part. Nothing is changed by it. Whatever the storage holds,
 * only a page of it is in memory. Used by one thread; all methods block, and throw a
 * {@link io.gripstream.eventstream.store.StoreException}.
 */
public interface CopySource extends AutoCloseable {
  /** The data that does not belong to a channel. */
  Copied.Identity identity();

  /** A text that differs after an event was stored. */
  String mark();

  /** Data that will not be copied and that you may need, one line each. */
  List<String> remarks();

  /** All channels, in any order; one may come twice. */
  void channels(Consumer<List<Copied.Channel>> page);

  /**
   * The events of channels of the last page, those of a channel together and in the order of their
   * ids, up to its {@link Copied.Channel#last}.
   */
  void events(List<Copied.Channel> channels, Consumer<Event> event);

  /** The idempotency keys that still count. */
  void keys(Consumer<List<Copied.Key>> page);

  /** The cursors of all proxies. */
  void cursors(Consumer<List<Copied.Cursor>> page);

  /** The revocations in force. */
  void revocations(Consumer<List<Revocation>> page);

  @Override
  void close();
}
