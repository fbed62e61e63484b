package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.internal.feed.Live;
import io.gripstream.eventstream.internal.feed.ProcessChannel;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.testkit.FaultyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a process hears what others tell it of permissions. */
class ProcessChannelTest {
  private final FaultyStore store = FaultyStore.inMemory();
  private final Live live = new Live(store);
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final CountDownLatch canGoOn = new CountDownLatch(1);
  private final ProcessChannel other =
      new ProcessChannel(store, live, Draft::toProcesses, (user, channel) -> {});
  private final ProcessChannel here =
      new ProcessChannel(store, live, Draft::toProcesses, this::hear);

  private void hear(String user, String channel) {
    if (user.equals("slow")) {
      await(canGoOn);
    }
    heard.add(user + " on " + channel + " by " + Thread.currentThread().getName());
    if (user.equals("broken")) {
      throw new IllegalStateException("the application failed");
    }
  }

  @BeforeEach
  void start() {
    store.start();
    live.start();
    here.listen();
  }

  @AfterEach
  void stop() {
    here.close();
    other.close();
    live.close();
    store.close();
  }

  @Test
  void application_is_asked_on_one_thread_in_the_order_of_the_messages()
      throws InterruptedException {
    other.tellPermissionChanged("slow", "a");
    List<String> expected = new ArrayList<>(List.of("slow on a by gripstream-permissions"));
    for (int i = 0; i < 600; i++) {
      other.tellPermissionChanged("user-" + i, null);
      expected.add("user-" + i + " on null by gripstream-permissions");
    }
    assertThat(heard).isEmpty();

    canGoOn.countDown();

    assertThat(next(expected.size())).isEqualTo(expected);
  }

  @Test
  void process_does_not_hear_itself_and_goes_on_after_a_failure() throws InterruptedException {
    here.tellPermissionChanged("itself", null);
    other.tellPermissionChanged("broken", null);
    other.tellPermissionChanged("next", null);

    assertThat(next(2))
        .containsExactly(
            "broken on null by gripstream-permissions", "next on null by gripstream-permissions");
  }

  @Test
  void changes_during_an_outage_of_storage_are_heard_after_it() throws InterruptedException {
    store.refuseReads(StoreException.Kind.UNAVAILABLE);
    other.tellPermissionChanged("late", "a");
    assertThat(heard.poll(100, TimeUnit.MILLISECONDS)).isNull();

    store.recover();

    assertThat(next(1)).containsExactly("late on a by gripstream-permissions");
  }

  private List<String> next(int count) throws InterruptedException {
    List<String> taken = new ArrayList<>();
    while (taken.size() < count) {
      String one = heard.poll(10, TimeUnit.SECONDS);
      assertThat(one).as("after " + taken).isNotNull();
      taken.add(one);
    }
    return taken;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }
}
