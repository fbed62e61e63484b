package io.gripstream.eventstream.internal.store.sqlite;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.testtools.Logged;
import io.gripstream.testtools.Tmpfs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk of 2 MB that fills up or becomes read-only. Mounting it needs root, or sudo. */
class SqliteDiskIT {
  @TempDir
  Path folder;

  private Tmpfs mounted;
  private Path disk;

  @BeforeEach
  void mount() {
    mounted = Tmpfs.mount(folder.resolve("disk"), "size=2m");
    disk = mounted.folder();
  }

  @AfterEach
  void unmount() {
    mounted.close();
  }

  private static StoreException failure(Runnable work) {
    return catchThrowableOfType(StoreException.class, work::run);
  }

  @Test
  void full_disk_refuses_events_until_there_is_space() throws Exception {
    try (EventStore store = EventStores.sqlite(disk.resolve("events.db"))) {
      store.start();
      List<Event> stored = new ArrayList<>();
      StoreException failure = failure(() -> {
        while (true) {
          stored.add(append(store, "a", "x".repeat(10_000)));
        }
      });

      assertThat(failure.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
      assertThat(failure).hasMessageContaining("no space left for " + disk);
      // The check writes too, so it takes what little was left.
      eventually(() -> assertThat(store.check()).isInstanceOf(StoreHealth.Failed.class));
      assertThat(all(store, "a")).as("what was acknowledged").isEqualTo(stored);

      mounted.remount("size=20m");
      assertThat(append(store, "a", "after").id()).isEqualTo(stored.size() + 1);
      assertThat(store.check()).isEqualTo(StoreHealth.OK);
      assertThat(ids(all(store, "a")))
          .isEqualTo(LongStream.rangeClosed(1, stored.size() + 1).boxed().toList());
    }
  }

  @Test
  void full_disk_is_logged_once_and_again_when_there_is_space() throws Exception {
    String log = Logged.during(() -> {
      try (EventStore store = EventStores.sqlite(disk.resolve("events.db"))) {
        store.start();
        for (int i = 0; i < 3; i++) {
          failure(() -> {
            while (true) {
              append(store, "a", "x".repeat(20_000));
            }
          });
          assertThat(store.check())
              .as("while the last write of an event failed, though a small row may fit")
              .isInstanceOf(StoreHealth.Failed.class);
        }
        mounted.remount("size=20m");
        eventually(() -> assertThat(store.check()).as("by itself").isEqualTo(StoreHealth.OK));
        // It says so once it is calm.
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(4));
      }
    });

    List<String> lines = log.lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).contains("WARN", "no space left for");
    assertThat(lines.get(1)).contains("INFO", "works again");
  }

  @Test
  void read_only_disk_is_a_clear_error() throws Exception {
    Path file = disk.resolve("events.db");
    try (EventStore store = EventStores.sqlite(file)) {
      store.start();
      append(store, "a", "x");
    }
    mounted.remount("ro");

    StoreException failure = failure(() -> {
      try (EventStore store = EventStores.sqlite(file)) {
        store.start();
        append(store, "a", "y");
      }
    });
    assertThat(failure.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
    assertThat(failure)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("file system is mounted read-only");
  }
}
