import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.Sent;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A publisher that uses the library, in a process of its own, until it is killed:
 * {@code NAME KIND FILE PAUSE_MS CHANNELS FAST_TTL_S}, the storage and the proxies in the environment. KIND is
 * {@code send}, or {@code transaction}: every third of those is rolled back. Writes down what it tries and what it
 * is told, one line with one write.
 */
final class ChaosPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(ChaosPublisher.class);

  private final String name;
  private final String database;
  private final EventStream events;
  private final FileChannel file;
  private final List<String> channels;
  private final Random random;

  /** When {@link System#nanoTime} was 0, in seconds since 1970: the time of day may be a wrong one. */
  private final double booted = Double.parseDouble(System.getenv("CHAOS_BOOTED"));

  private ChaosPublisher(String[] args) throws Exception {
    name = args[0];
    database = System.getenv("DATABASE_URL");
    file = FileChannel.open(Path.of(args[2]), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    channels = List.of(args[4].split(","));
    random = new Random(name.hashCode());
    Duration fast = Duration.ofSeconds(Long.parseLong(args[5]));
    events = EventStream.create(config -> config
        .store(EventStores.of(database))
        .channelRules(channel ->
            channel.startsWith("brief") ? ChannelRules.DEFAULT.withHistoryTtl(fast) : ChannelRules.DEFAULT)
        .proxiesFromEnvironment(System.getenv()));
    // If that fails, this program ends, and is started again.
    events.start();
  }

  public static void main(String[] args) throws Exception {
    ChaosPublisher publisher = new ChaosPublisher(args);
    long pause = Long.parseLong(args[3]);
    boolean isInTransactions = args[1].equals("transaction");
    for (long number = 1; ; number++) {
      Thread.sleep(pause / 2 + publisher.random.nextLong(pause));
      if (isInTransactions) {
        publisher.transaction(number);
      } else {
        publisher.send(number);
      }
    }
  }

  private void send(long number) throws Exception {
    String key = name + "-" + number;
    String channel = channels.get(random.nextInt(channels.size()));
    record("try", key, channel, "");
    Draft draft = Draft.of(channel, "message", data(key, channel)).withIdempotencyKey(key);
    while (true) {
      try {
        Sent sent = events.send(draft);
        String epoch = sent.position().orElseThrow().epoch().orElseThrow();
        record("acked", key, channel, ",\"id\":" + sent.id() + ",\"epoch\":\"" + epoch + "\"");
        return;
      } catch (RuntimeException e) {
        LOG.info("{} is sent again: {}", key, e.toString());
        Thread.sleep(300);
      }
    }
  }

  private void transaction(long number) throws Exception {
    String key = name + "-" + number;
    String channel = channels.get(random.nextInt(channels.size()));
    boolean isRolledBack = number % 3 == 0;
    record("try", key, channel, ",\"intent\":\"" + (isRolledBack ? "roll-back" : "commit") + "\"");
    // Where the connection ends in between, nobody knows whether it was committed.
    try (Connection connection = DriverManager.getConnection(database)) {
      connection.setAutoCommit(false);
      events.enqueue(connection, Draft.of(channel, "message", data(key, channel)));
      if (isRolledBack) {
        connection.rollback();
        record("rolled-back", key, channel, "");
      } else {
        connection.commit();
        record("committed", key, channel, "");
      }
    } catch (java.sql.SQLException | RuntimeException e) {
      LOG.info("{} is not known to be committed: {}", key, e.toString());
    }
  }

  private static String data(String key, String channel) {
    return "{\"key\":\"" + key + "\",\"channel\":\"" + channel + "\"}";
  }

  private void record(String did, String key, String channel, String more) throws Exception {
    String line = String.format(
        Locale.ROOT,
        "{\"at\":%.4f,\"who\":\"%s\",\"did\":\"%s\",\"key\":\"%s\",\"channel\":\"%s\"%s}\n",
        booted + System.nanoTime() / 1e9, name, did, key, channel, more);
    file.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
  }
}
