package io.gripstream.eventstream.testkit;

import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An empty storage for each test of a contract, with a single process. */
abstract class EmptyStorage {
  private final List<EventStore> opened = new ArrayList<>();

  /** Started on that storage. */
  EventStore store;

  /** Makes a store on the storage of this test; it is not started. */
  protected abstract EventStore newStore(StoreOptions options) throws Exception;

  /**
   * Returns the name of a channel that one send can reach together with others. By default any name
   * works, and this is the given one.
   */
  protected String together(String name) {
    return name;
  }

  /** Returns whether the storage ends with the store, so that a second store is empty. */
  protected boolean isKeptByProcess() {
    return false;
  }

  @BeforeEach
  void openStore() throws Exception {
    store = started(StoreOptions.DEFAULT);
  }

  @AfterEach
  void closeStores() {
    opened.forEach(EventStore::close);
  }

  /** A store on the storage of this test, not started; it is closed after the test. */
  EventStore unstarted(StoreOptions options) throws Exception {
    EventStore made = newStore(options);
    opened.add(made);
    return made;
  }

  EventStore started(StoreOptions options) throws Exception {
    EventStore made = unstarted(options);
    made.start();
    return made;
  }
}
