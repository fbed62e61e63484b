package io.gripstream.eventstream.internal.store;

import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.EventStoreContract;
import io.gripstream.eventstream.testkit.IdempotencyContract;
import io.gripstream.eventstream.testkit.ProxyLedgerContract;
import io.gripstream.eventstream.testkit.RetentionContract;
import io.gripstream.eventstream.testkit.RevocationsContract;
import io.gripstream.eventstream.testkit.SharedStoreContract;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Every contract that a storage of many processes keeps, whatever it is. */
public abstract class StoreContracts {
  /** A store on the storage of this test, not started. */
  protected abstract EventStore newStore(StoreOptions options);

  /** See {@link EventStoreContract#together}. */
  protected String together(String name) {
    return name;
  }

  @Test
  void stores_that_start_at_once_agree() throws Exception {
    Set<String> epochs = ConcurrentHashMap.newKeySet();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = IntStream.range(0, 6)
        .mapToObj(i -> new Thread(() -> {
          try (EventStore store = newStore(StoreOptions.DEFAULT)) {
            start.await();
            store.start();
            append(store, "a", "" + i);
            epochs.add(store.epoch());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        }))
        .toList();
    threads.forEach(Thread::start);
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(epochs).hasSize(1);
    try (EventStore store = newStore(StoreOptions.DEFAULT)) {
      store.start();
      assertThat(all(store, "a")).hasSize(6);
    }
  }

  @Test
  void channels_are_listed_by_the_beginning_of_their_names() {
    List<String> names = List.of("a", "a%b", "a_b", "ab", "a\uD83D\uDE00b", "A", "b", "\u00e4");
    try (EventStore store = newStore(StoreOptions.DEFAULT)) {
      store.start();
      names.forEach(name -> append(store, name, "1"));

      assertThat(store.channels("", 100)).containsExactlyInAnyOrderElementsOf(names);
      assertThat(store.channels("a", 100))
          .containsExactlyInAnyOrder("a", "a%b", "a_b", "ab", "a\uD83D\uDE00b");
      assertThat(store.channels("a_", 100)).containsExactly("a_b");
      assertThat(store.channels("none", 100)).isEmpty();
      assertThat(store.channels("a", 2)).hasSize(2).allMatch(name -> name.startsWith("a"));
    }
  }

  @Nested
  class Contract extends EventStoreContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return StoreContracts.this.newStore(options);
    }

    @Override
    protected String together(String name) {
      return StoreContracts.this.together(name);
    }
  }

  @Nested
  class Idempotency extends IdempotencyContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return StoreContracts.this.newStore(options);
    }

    @Override
    protected String together(String name) {
      return StoreContracts.this.together(name);
    }
  }

  @Nested
  class Retention extends RetentionContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return StoreContracts.this.newStore(options);
    }
  }

  @Nested
  class Revocations extends RevocationsContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return StoreContracts.this.newStore(options);
    }
  }

  @Nested
  class Ledger extends ProxyLedgerContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return StoreContracts.this.newStore(options);
    }
  }

  @Nested
  class Shared extends SharedStoreContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return StoreContracts.this.newStore(options);
    }

    @Override
    protected String together(String name) {
      return StoreContracts.this.together(name);
    }
  }
}
