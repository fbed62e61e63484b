package io.gripstream.eventstream.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.FaultyStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Storage forgets events before the feed has read them. */
class RetentionTest {
  private final FaultyStore store = FaultyStore.inMemory();
  private final StreamServer server =
      StreamServer.start(store, DirectOptions.DEFAULT, config -> {});

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void streams_that_stand_together_are_reset_and_go_on() throws IOException {
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
      store.dropChanges();
      for (int i = 0; i < 20; i++) {
        server.send("a", "lost " + i);
      }
      store.forget("a", 15);

      for (SocketClient client : clients) {
        client.await("event: stream-reset\nid: a:21,.:").await("\"expired\"");
      }
      store.recover();
      server.send("a", "after");
      for (SocketClient client : clients) {
        client.await("data: after\n\n");
        assertThat(client.data()).containsExactly("seen", "after");
      }
      assertThat(server.streams().channels()).containsEntry("a", 3);
    } finally {
      for (SocketClient client : clients) {
        client.close();
      }
    }
  }
}
