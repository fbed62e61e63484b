package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.testkit.FakeItem;
import io.gripstream.grip.testkit.FakeProxy;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The hints to a proxy that end a user's streams. A proxy remembers ids for a minute, and takes
 * what names no predecessor on a channel held with one for a gap, so neither may be there.
 */
class KickTest {
  private static final ChannelManager ONE_IS_FORBIDDEN = new ChannelManager() {
    @Override
    public boolean canRead(@Nullable String user, String channel) {
      return !channel.equals("forbidden");
    }
  };

  private final FakeProxy proxy = FakeProxy.start();
  private final StreamServer server = StreamServer.start(config -> config
      .proxy(proxy.controlUri().toString())
      .user(request -> request.header("X-User"))
      .channelManager(ONE_IS_FORBIDDEN));

  @AfterEach
  void stop() {
    server.close();
    proxy.close();
  }

  @Test
  void two_hints_without_ids_go_to_the_users_kick_channel_and_nothing_else() {
    server.events().permissionChanged("alice", "allowed");
    server.events().permissionChanged("alice", "forbidden");
    expectTwoHints();
  }

  @Test
  void they_also_do_for_all_the_users_channels() {
    server.events().permissionChanged("alice");
    expectTwoHints();
  }

  /** A revocation of all users of a tenant asks for each of them, in each process. */
  @Test
  void many_questions_that_wait_for_the_same_channel_are_one() throws InterruptedException {
    Queue<Integer> hints = new ConcurrentLinkedQueue<>();
    CountDownLatch isBusy = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch last = new CountDownLatch(1);
    try (Kicks kicks = new Kicks(new Leases(null, "proxy"), number -> {
      hints.add(number);
      if (number == 64) {
        last.countDown();
      }
      isBusy.countDown();
      awaitQuietly(go);
    })) {
      kicks.kick(7);
      assertThat(isBusy.await(20, TimeUnit.SECONDS)).isTrue();
      IntStream.range(0, 100_000).forEach(i -> kicks.kick(i % 64));
      kicks.kick(64);
      go.countDown();

      assertThat(last.await(20, TimeUnit.SECONDS)).isTrue();
      // Once before all others, and once for all of them; and each of these once more, later.
      assertThat(hints.stream().filter(number -> number == 7)).hasSizeBetween(2, 4);
      assertThat(hints.stream().filter(number -> number == 8)).hasSizeBetween(1, 2);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void expectTwoHints() {
    for (int i = 0; i < 2; i++) {
      FakeItem hint = proxy.takeItem();
      assertThat(hint.channel()).isEqualTo(alicesKickChannel());
      assertThat(hint.id()).isNull();
      assertThat(hint.prevId()).isNull();
      assertThat(String.valueOf(hint.format("http-stream"))).isEqualTo("{\"action\":\"hint\"}");
    }
    assertThat(proxy.items()).isEmpty();
  }

  /** From loopback, and no proxy has a key: it is believed. */
  @Test
  void that_channel_is_held_without_prev_id_by_identified_users_only() {
    try (StreamClient nobody =
            StreamClient.open(server.uri("/events/a"), Map.of("Grip-Sig", "any"));
        StreamClient alice = StreamClient.open(
            server.uri("/events/a"), Map.of("Grip-Sig", "any", "X-User", "alice"))) {
      String events = names().events("a") + ";";
      assertThat(nobody.header("grip-channel")).startsWith(events).doesNotContain("kick-");
      assertThat(alice.header("grip-channel"))
          .startsWith(events)
          .endsWith(", " + alicesKickChannel());
    }
  }

  private GripNames names() {
    return new GripNames(server.store().epoch());
  }

  private String alicesKickChannel() {
    return names().kickChannel(GripNames.kickNumber("alice"));
  }
}
