package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.testkit.FaultyStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Storage forgets events before the feed has read them. */
class RetentionTest {
  private final FaultyStore store = FaultyStore.inMemory();
  private final BareServer server = BareServer.start(store, DirectOptions.DEFAULT, config -> {});

  @AfterEach
  void stop() {
    server.close();
  }

  /** @param forgotten the newest event that retention has taken; the newest of all is 21 */
  @ParameterizedTest
  @ValueSource(ints = {15, 21})
  void streams_that_stand_together_are_reset_and_go_on(int forgotten) throws IOException {
    List<SocketClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        clients.add(SocketClient.get(server.port(), "/events?channel=a"));
        clients.get(i).await("stream-open");
      }
      server.send("a", "seen");
      for (SocketClient client : clients) {
        client.await("data: seen\n\n");
      }
      // The store tells of lost changes a second later, perhaps before all is over here.
      store.dropChanges();
      store.refuseReads(StoreException.Kind.UNAVAILABLE);
      for (int i = 0; i < 20; i++) {
        server.send("a", "lost " + i);
      }
      store.forget("a", forgotten);
      store.recover();
      store.dropChanges();

      for (SocketClient client : clients) {
        client.await("event: stream-reset\nid: a:21,.:").await("\"expired\"");
      }
      clients.add(SocketClient.get(server.port(), "/events?channel=a"));
      clients.get(3).await("stream-open");
      store.recover();
      server.send("a", "after");
      for (SocketClient client : clients) {
        client.await("data: after\n\n");
        assertThat(client.data()).endsWith("after").doesNotContain("lost 0");
      }
      assertThat(clients.get(0).data()).containsExactly("seen", "after");
      assertThat(server.streams().channels()).containsEntry("a", 4);
    } finally {
      for (SocketClient client : clients) {
        client.close();
      }
    }
  }
}
