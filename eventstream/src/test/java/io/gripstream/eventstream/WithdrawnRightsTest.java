package io.gripstream.eventstream;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A right that is taken away while its user is on the way in. */
class WithdrawnRightsTest {
  private final AtomicBoolean isAllowed = new AtomicBoolean(true);
  private final CountDownLatch isAsked = new CountDownLatch(1);
  private final CountDownLatch isAnswered = new CountDownLatch(1);

  /** The first answer takes its time, and is old when it comes. */
  private final ChannelManager manager = new ChannelManager() {
    @Override
    public boolean canRead(@Nullable String user, String channel) {
      boolean answer = isAllowed.get();
      if (isAsked.getCount() > 0) {
        isAsked.countDown();
        Eventually.happens(isAnswered);
      }
      return answer;
    }
  };

  @Test
  void stream_that_was_just_being_opened_ends_too() throws Exception {
    endsWhenChangedWhileOpening(events -> events.permissionChanged("alice", "orders"));
  }

  @Test
  void it_also_does_for_all_the_users_channels() throws Exception {
    endsWhenChangedWhileOpening(events -> events.permissionChanged("alice"));
  }

  private void endsWhenChangedWhileOpening(Consumer<EventStream> change) throws Exception {
    try (StreamServer server =
        StreamServer.start(config -> config.channelManager(manager).user(ctx -> "alice"))) {
      CompletableFuture<StreamClient> opening =
          CompletableFuture.supplyAsync(() -> server.open("/events/orders"));
      Eventually.happens(isAsked);
      isAllowed.set(false);
      change.accept(server.events());
      isAnswered.countDown();

      try (StreamClient client = opening.get(10, TimeUnit.SECONDS)) {
        client.expectOpen().expectError("forbidden");
      }
    } finally {
      isAnswered.countDown();
    }
  }
}
