package io.gripstream.testtools;

import static io.gripstream.eventstream.testkit.Eventually.within;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.data;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@link CrashContract}, and the promises about callers' transactions. */
public abstract class OutboxCrashContract extends CrashContract {
  @Test
  void event_committed_right_before_the_end_is_sent_by_others() {
    try (EventStore store = EventStores.of(url(), StoreOptions.DEFAULT)) {
      store.start();
      for (int i = 0; i < 2; i++) {
        String data = "survivor " + i;
        try (ChildProcess process = ChildProcess.start(CommittingProgram.class, url(), "a", data)) {
          assertThat(process.awaitEnd()).isEqualTo(137);
        }
        within(Duration.ofSeconds(5), () -> assertThat(data(all(store, "a"))).contains(data));
      }
      assertThat(data(all(store, "a"))).containsExactly("survivor 0", "survivor 1");
    }
  }
}
