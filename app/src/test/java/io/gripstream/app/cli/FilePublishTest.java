package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.EventStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FilePublishTest {
  private static final String LARGE = "x".repeat(100_000);

  @Test
  void events_that_wait_for_the_storage_are_bounded_in_bytes() throws IOException {
    StringBuilder file = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      file.append("{\"channel\":\"a\",\"data\":\"").append(LARGE).append("\"}\n");
      file.append("{\"channels\":[\"b\",\"c\",\"d\"],\"data\":\"").append(LARGE).append("\"}\n");
    }
    LateStore late = new LateStore();
    StringWriter err = new StringWriter();
    try (EventStream events = EventStream.create(config -> config.store(late.store()))) {
      Progress progress = new Progress(new PrintWriter(err), false, 0, System::nanoTime);
      FilePublish publish = new FilePublish(events, new PrintWriter(err), progress);

      long refused = publish.publish(
          new ByteArrayInputStream(file.toString().getBytes(StandardCharsets.UTF_8)));

      assertThat(refused).isZero();
      assertThat(publish.published()).isEqualTo(60);
      assertThat(late.most).isBetween(300_000L, 4_000_000L);
    } finally {
      late.acknowledging.interrupt();
    }
  }

  /** In memory; acknowledges the oldest event once the sender waits and sends no more. */
  private static final class LateStore {
    private final EventStore memory = EventStores.memory();
    private final Thread sender = Thread.currentThread();
    private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final Thread acknowledging = new Thread(this::acknowledge, "late-store");
    private volatile long most;

    EventStore store() {
      acknowledging.start();
      return (EventStore) Proxy.newProxyInstance(
          EventStore.class.getClassLoader(),
          new Class<?>[] {EventStore.class},
          (proxy, method, arguments) -> call(method, arguments));
    }

    private Object call(Method method, Object[] arguments) throws ReflectiveOperationException {
      Object result = method.invoke(memory, arguments);
      return method.getName().equals("append")
          ? later((Draft) arguments[0], (CompletableFuture<?>) result)
          : result;
    }

    private CompletableFuture<Appended> later(Draft draft, CompletableFuture<?> stored) {
      long size = (long) draft.data().length() * draft.channels().size();
      most = Math.max(most, bytes.addAndGet(size));
      CompletableFuture<Appended> outcome = new CompletableFuture<>();
      waiting.add(() -> {
        bytes.addAndGet(-size);
        outcome.complete((Appended) stored.join());
      });
      return outcome;
    }

    private void acknowledge() {
      try {
        while (true) {
          Runnable oldest = waiting.take();
          while (sender.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
          }
          oldest.run();
        }
      } catch (InterruptedException end) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
