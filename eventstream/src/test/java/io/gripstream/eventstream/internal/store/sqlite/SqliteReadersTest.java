package io.gripstream.eventstream.internal.store.sqlite;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gripstream.eventstream.store.Durability;
import io.gripstream.eventstream.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteReadersTest {
  @TempDir
  Path directory;

  private Path path;
  private SqliteReaders readers;

  @BeforeEach
  void open() {
    path = directory.resolve("events.db");
    readers = new SqliteReaders(new SqliteFile(path, Durability.FULL), "gripstream_");
  }

  @Test
  void closing_waits_for_a_read_in_progress() throws InterruptedException {
    List<String> ended = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch hasBegun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Thread reading = new Thread(() -> readers.read(session -> {
      hasBegun.countDown();
      awaitQuietly(mayEnd);
      ended.add("read");
      return 0;
    }));
    Thread closing = new Thread(() -> {
      readers.close();
      ended.add("close");
    });
    reading.start();
    awaitQuietly(hasBegun);
    closing.start();
    eventually(() ->
        assertThat(closing.getState()).isIn(Thread.State.TIMED_WAITING, Thread.State.TERMINATED));
    mayEnd.countDown();
    closing.join(10_000);

    assertThat(ended).containsExactly("read", "close");
    reading.join(10_000);
  }

  @Test
  void nothing_is_read_after_closing_and_no_file_is_made() {
    readers.close();
    StoreException failure =
        catchThrowableOfType(StoreException.class, () -> readers.read(session -> 0));

    assertThat(failure.kind()).isEqualTo(StoreException.Kind.CLOSED);
    assertThat(Files.exists(path)).isFalse();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
