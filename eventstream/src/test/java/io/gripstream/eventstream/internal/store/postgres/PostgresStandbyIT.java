package io.gripstream.eventstream.internal.store.postgres;

import static io.gripstream.eventstream.testkit.Eventually.within;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.data;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.ChangeRecorder;
import io.gripstream.testtools.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A primary and its synchronous standby, both in the address, the standby first. */
class PostgresStandbyIT {
  private final PostgresServer primary = PostgresServer.start(true);
  private final PostgresServer standby = primary.standby();
  private final String url = "postgres://postgres@127.0.0.1:" + standby.port() + ",127.0.0.1:"
      + primary.port() + "/postgres";

  @AfterEach
  void close() {
    standby.close();
    primary.go();
    primary.close();
  }

  @Test
  void standby_that_takes_over_has_all_events() {
    assertGoesOnAfter(primary::kill);
  }

  @Test
  void primary_that_stands_still_is_left() {
    assertGoesOnAfter(primary::freeze);
  }

  private void assertGoesOnAfter(Runnable fault) {
    EventStores.migrate(url, StoreOptions.DEFAULT);
    try (EventStore store = EventStores.postgres(url, StoreOptions.DEFAULT);
        EventStore other = EventStores.postgres(url, StoreOptions.DEFAULT)) {
      store.start();
      other.start();
      append(store, "a", "1");
      ChangeRecorder recorder = ChangeRecorder.of(other);

      fault.run();
      standby.promote();

      within(Duration.ofSeconds(60), () -> append(store, "b", "x"));
      recorder.assertToldOfOthers("b", Duration.ofSeconds(60));
      assertThat(append(store, "a", "2").id()).isEqualTo(2);
      assertThat(data(all(other, "a"))).containsExactly("1", "2");
      assertThat(store.epoch()).isEqualTo(other.epoch());
    }
  }
}
