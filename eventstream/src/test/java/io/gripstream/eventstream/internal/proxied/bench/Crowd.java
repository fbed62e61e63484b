package io.gripstream.eventstream.internal.proxied.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntFunction;

/**
 * Many streams on one thread. Events say when they were sent ({@code @NANOS}); the crowd notes how
 * late each was at each client, and who is gone. Whose stream is cut silently comes back and
 * resumes, as an {@code EventSource} does; what it missed counts as late.
 */
final class Crowd implements AutoCloseable {
  private final Selector selector = open();
  private final URI uri;
  private final int size;
  private final Duration spread;
  private final IntFunction<String> cookie;
  private final AtomicIntegerArray events;
  private final AtomicIntegerArray ended;
  private final Thread thread = new Thread(this::run, "crowd");
  private long[] delays = new long[1 << 16];
  private int count;
  private volatile boolean closed;
  private volatile int connected;
  private volatile int cut;

  /** @param cookie what each client sends, by its number; empty: nothing */
  Crowd(URI uri, int size, Duration spread, IntFunction<String> cookie) {
    this.uri = uri;
    this.size = size;
    this.spread = spread;
    this.cookie = cookie;
    this.events = new AtomicIntegerArray(size);
    this.ended = new AtomicIntegerArray(size);
    thread.setDaemon(true);
    thread.start();
  }

  private static Selector open() {
    try {
      return Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int connected() {
    return connected;
  }

  /** How many streams were cut silently. */
  int cut() {
    return cut;
  }

  int events(int client) {
    return events.get(client);
  }

  boolean isEnded(int client) {
    return ended.get(client) != 0;
  }

  int endedCount() {
    int gone = 0;
    for (int i = 0; i < size; i++) {
      gone += ended.get(i);
    }
    return gone;
  }

  /** The delay that 99 of 100 deliveries did not exceed, in milliseconds. */
  synchronized double p99Millis() {
    long[] sorted = Arrays.copyOf(delays, count);
    Arrays.sort(sorted);
    return count == 0 ? Double.NaN : sorted[(int) Math.ceil(count * 0.99) - 1] / 1e6;
  }

  synchronized int deliveries() {
    return count;
  }

  private void run() {
    long begin = System.nanoTime();
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    try (selector) {
      while (!closed) {
        long due = (System.nanoTime() - begin) * size / Math.max(1, spread.toNanos());
        while (connected < size && connected <= due) {
          connect(new Client(connected));
          connected++;
        }
        selector.select(key -> read(key, buffer), 5);
      }
      selector.keys().forEach(key -> closeQuietly((SocketChannel) key.channel()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void connect(Client client) throws IOException {
    SocketChannel channel = SocketChannel.open(new InetSocketAddress(uri.getHost(), uri.getPort()));
    String user = cookie.apply(client.number);
    String request =
        "GET " + uri.getRawPath() + "?" + uri.getRawQuery() + " HTTP/1.1\r\nHost: bench\r\n"
            + (user.isEmpty() ? "" : "Cookie: " + user + "\r\n")
            + (client.lastId.isEmpty() ? "" : "Last-Event-ID: " + client.lastId + "\r\n")
            + "\r\n";
    channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, client);
  }

  /** The stream is over: for good if the server said why. */
  private void end(SelectionKey key, Client client) throws IOException {
    key.cancel();
    closeQuietly((SocketChannel) key.channel());
    client.line.reset();
    if (client.isTold) {
      ended.set(client.number, 1);
    } else if (!closed) {
      cut++;
      connect(client);
    }
  }

  private void read(SelectionKey key, ByteBuffer buffer) {
    Client client = (Client) key.attachment();
    buffer.clear();
    try {
      int length = ((SocketChannel) key.channel()).read(buffer);
      if (length < 0 || !take(client, buffer, System.nanoTime())) {
        end(key, client);
      }
    } catch (IOException e) {
      try {
        end(key, client);
      } catch (IOException unreachable) {
        throw new UncheckedIOException(unreachable);
      }
    }
  }

  /** @return whether the stream goes on */
  private boolean take(Client client, ByteBuffer buffer, long now) {
    for (int i = 0; i < buffer.position(); i++) {
      byte b = buffer.get(i);
      if (b != '\n') {
        client.line.write(b);
        continue;
      }
      String line = client.line.toString(StandardCharsets.US_ASCII);
      client.line.reset();
      if (line.startsWith("data: @")) {
        note(now - Long.parseLong(line.substring("data: @".length())));
        events.incrementAndGet(client.number);
      } else if (line.startsWith("id: ")) {
        client.lastId = line.substring("id: ".length());
      } else if (line.equals("event: stream-error")) {
        client.isTold = true;
      } else if (line.equals("0\r")
          || (line.startsWith("HTTP/1.1 ") && !line.startsWith("HTTP/1.1 200"))) {
        return false;
      }
    }
    return true;
  }

  private synchronized void note(long delay) {
    if (count == delays.length) {
      delays = Arrays.copyOf(delays, count * 2);
    }
    delays[count++] = delay;
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException ignored) {
      // It is gone either way.
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Client {
    final int number;
    final ByteArrayOutputStream line = new ByteArrayOutputStream(64);
    String lastId = "";
    boolean isTold;

    Client(int number) {
      this.number = number;
    }
  }
}
