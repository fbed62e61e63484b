package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.gripstream.eventstream.DirectOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cost of an event, counted on the threads of the stream engine. */
class EconomyTest {
  private static final int CLIENTS = 50;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final BareServer server = BareServer.start(DirectOptions.DEFAULT.withFanOutThreads(1));
  private final List<SocketClient> clients = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(SocketClient.get(server.port(), "/events?channel=u-a"));
    }
    server.send("u-a", "warm");
    for (SocketClient client : clients) {
      client.await("stream-open");
    }
    awaitAll("ready");
  }

  private void awaitAll(String data) throws IOException {
    server.send("u-a", data);
    for (SocketClient client : clients) {
      client.await("data: " + data + "\n\n");
    }
  }

  @AfterEach
  void stop() throws IOException {
    for (SocketClient client : clients) {
      client.close();
    }
    server.close();
  }

  @Test
  void an_event_is_encoded_once_however_many_get_it() throws IOException {
    String large = "x".repeat(50_000);
    long before = allocated();

    awaitAll(large);

    assertThat(allocated() - before).isBetween(50_000L, 500_000L);
  }

  @Test
  void events_that_wait_leave_in_one_write() throws IOException {
    int events = 2_000;
    long before = writes();

    IntStream.range(0, events).forEach(i -> server.send("u-a", "" + i));
    awaitAll("the last");

    assertThat(writes() - before).isBetween((long) CLIENTS, (long) CLIENTS * events / 4);
  }

  @Test
  void an_event_costs_nothing_for_clients_of_other_channels() throws IOException {
    try (SocketClient other = SocketClient.get(server.port(), "/events?channel=u-b")) {
      other.await("stream-open");
      server.send("u-b", "warm");
      other.await("data: warm\n\n");
      long before = writes();

      for (int i = 0; i < 20; i++) {
        server.send("u-b", "" + i);
        other.await("data: " + i + "\n\n");
      }

      assertThat(writes() - before).isBetween(20L, 40L);
    }
  }

  /** Bytes that the threads of the engine have allocated. */
  private static long allocated() {
    long[] ids = Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
        .filter(thread -> thread != null && thread.getThreadName().startsWith("gripstream-"))
        .mapToLong(thread -> thread.getThreadId())
        .toArray();
    return Arrays.stream(THREADS.getThreadAllocatedBytes(ids)).sum();
  }

  /** How often the fan-out threads have written to anything. */
  private static long writes() throws IOException {
    long writes = 0;
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      for (Path task : tasks.toList()) {
        // The kernel knows the first 15 characters.
        if (Files.readString(task.resolve("comm")).startsWith("gripstream-dire")) {
          writes += Files.readAllLines(task.resolve("io")).stream()
              .filter(line -> line.startsWith("syscw: "))
              .mapToLong(line -> Long.parseLong(line.substring(7)))
              .sum();
        }
      }
    }
    return writes;
  }
}
