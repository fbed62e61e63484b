package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.DirectOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients connect, read some events, disconnect within an event and return, while events flow. */
class RestlessClientsTest {
  private static final int CLIENTS = 12;
  private static final int EVENTS = 4_000;
  private static final List<String> EXPECTED =
      IntStream.range(0, EVENTS).mapToObj(Integer::toString).toList();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void each_gets_every_event_once_and_in_order(long seed) {
    DirectOptions tight = DirectOptions.DEFAULT
        .withMaxQueuedBytes(20_000)
        .withReplayPageBytes(10_000)
        .withFanOutThreads(2);
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + 1);
    try (BareServer server = BareServer.start(tight)) {
      List<CompletableFuture<List<String>>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Random random = new Random(seed * 1_000 + i);
        clients.add(CompletableFuture.supplyAsync(() -> readAll(server.port(), random), threads));
      }
      CompletableFuture<Void> publisher = CompletableFuture.runAsync(
          () -> {
            for (int i = 0; i < EVENTS; i++) {
              server.send(i % 3 == 0 ? "b" : "a", i + " " + "x".repeat(i % 700));
            }
          },
          threads);

      publisher.orTimeout(60, TimeUnit.SECONDS).join();
      for (CompletableFuture<List<String>> client : clients) {
        List<String> got = client.orTimeout(60, TimeUnit.SECONDS).join();
        assertThat(channel(got, true)).isEqualTo(channel(EXPECTED, true));
        assertThat(channel(got, false)).isEqualTo(channel(EXPECTED, false));
      }
      server.awaitCount(0);
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<String> channel(List<String> numbers, boolean isB) {
    return numbers.stream()
        .filter(number -> Integer.parseInt(number) % 3 == 0 == isB)
        .toList();
  }

  private static List<String> readAll(int port, Random random) {
    List<String> got = new ArrayList<>();
    String id = "earliest";
    while (got.size() < EVENTS) {
      String[] headers = {"Last-Event-ID: " + id};
      try (SocketClient client = random.nextBoolean()
          ? SocketClient.getSlowly(port, "/events?channel=a&channel=b", headers)
          : SocketClient.get(port, "/events?channel=a&channel=b", headers)) {
        client.await("stream-open");
        if (EVENTS - got.size() > 500) {
          client.awaitBytes(5_000 + random.nextInt(100_000));
        } else {
          awaitLast(client, got, EVENTS - 1);
          awaitLast(client, got, EVENTS - 2);
        }
        List<String> data = client.data();
        data.forEach(text -> got.add(text.substring(0, text.indexOf(' '))));
        if (!data.isEmpty()) {
          id = client.lastId();
        }
        if (random.nextBoolean()) {
          client.reset();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return got;
  }

  /** The last two events are of different channels. */
  private static void awaitLast(SocketClient client, List<String> got, int number)
      throws IOException {
    if (!got.contains("" + number)) {
      client.await("data: " + number + " " + "x".repeat(number % 700) + "\n\n");
    }
  }
}
