package io.gripstream.testtools;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.IntStream;

/**
 * Publishes as fast as possible until it is killed, and writes down the acknowledged events:
 * {@code DATABASE_URL NAME THREADS FILE}. Prints {@code ready} when it has begun.
 */
public final class PublishingProgram {
  private PublishingProgram() {}

  public static void main(String[] args) throws Exception {
    String name = args[1];
    EventStore store = EventStores.of(args[0], StoreOptions.DEFAULT);
    store.start();
    FileChannel file =
        FileChannel.open(Path.of(args[3]), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    IntStream.range(0, Integer.parseInt(args[2]))
        .mapToObj(thread -> new Thread(() -> publish(store, name + "." + thread, file)))
        .forEach(Thread::start);
    System.out.println("ready");
  }

  private static void publish(EventStore store, String sender, FileChannel file) {
    for (int i = 0; ; i++) {
      String channel = "c" + i % 3;
      Event event =
          store.append(Draft.of(channel, "message", sender + ":" + i)).join().event();
      String line = event.channel() + " " + event.id() + " " + event.data() + "\n";
      try {
        // One write per line: a kill at any moment leaves whole lines.
        file.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
