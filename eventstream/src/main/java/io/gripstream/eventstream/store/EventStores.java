package io.gripstream.eventstream.store;

import java.nio.file.Path;

/** The one door to the backends. Making a store does no I/O; {@link EventStore#start} does. */
public final class EventStores {

  private EventStores() {}

  /** Events in a file of this machine, kept for 24 h, safe against power cuts. */
  public static EventStore sqlite(Path file) {
    return sqlite(file, StoreOptions.DEFAULT);
  }

  /**
   * Events in a file of this machine; several processes may open it at once, none over a network
   * file system. The file is made if need be, its folder is not.
   */
  public static EventStore sqlite(Path file, StoreOptions options) {
    return new SqlEventStore(new SqliteEngine(file, options), options);
  }

  /** Events in the memory of this process, gone with it: for tests. */
  public static EventStore memory() {
    return memory(StoreOptions.DEFAULT);
  }

  /** Events in the memory of this process, gone with it: for tests. */
  public static EventStore memory(StoreOptions options) {
    return new MemoryEventStore(options);
  }
}
