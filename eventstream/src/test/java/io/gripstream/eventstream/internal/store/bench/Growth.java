package io.gripstream.eventstream.internal.store.bench;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * The rate of appends to a file that holds 10 million events, beside one that holds 10 thousand.
 */
final class Growth implements Measure, AutoCloseable {
  private static final int MANY = 10_000_000;
  private static final int FEW = 10_000;
  private static final int TURNS = 3;
  private static final Duration TIME = Duration.ofMillis(1_500);
  private static final Duration WARM_UP = Duration.ofSeconds(1);

  private final Folder folder = new Folder();

  private boolean filled;

  Growth() throws IOException {}

  @Override
  public void run(Figures figures) throws Exception {
    if (!filled) {
      Filled.make(folder.url("many.db"), MANY / Appends.CHANNELS, Duration.ZERO);
      try (FileChannel file = FileChannel.open(folder.file("many.db"), StandardOpenOption.WRITE)) {
        // The system would write it during the measure.
        file.force(true);
      }
      filled = true;
    }
    try (Folder fresh = new Folder()) {
      Filled.make(fresh.url("few.db"), FEW / Appends.CHANNELS, Duration.ZERO);
      try (EventStore many = EventStores.sqlite(folder.file("many.db"));
          EventStore few = EventStores.sqlite(fresh.file("few.db"))) {
        many.start();
        few.start();
        Appends.run(many, WARM_UP);
        for (int turn = 0; turn < TURNS; turn++) {
          double atMany = Appends.run(many, TIME).perSecond();
          double atFew = Appends.run(few, TIME).perSecond();
          figures.note("full_appends_per_s", "ours", atMany);
          figures.note("full_appends_per_s", "at_10_thousand", atFew);
          // Runs differ by more than the sizes do, so each is compared with its neighbour.
          figures.note("full_appends_per_s", "ratio", atMany / atFew);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
