package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.Channel;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.IdFormat;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.publish.Format;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.publish.PublishOptions;
import io.gripstream.grip.testkit.HeldResponse;
import io.gripstream.grip.testkit.PushpinVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A proxy with an origin. Each test has its own paths and channels, because Pushpin is shared. */
interface ProxyUnderTest {
  TestOrigin origin();

  URI uri();

  GripProxy proxy();

  /** Which Pushpin it is, or plays. */
  PushpinVersion version();

  /** Waits until this number of connections is held on the channel. */
  void awaitSubscribers(String channel, int count) throws InterruptedException;

  /** Has items wait less long for the one before them, if the proxy can be told while it runs. */
  default void waitBriefly() {}

  /**
   * Lets an item wait for the one before it longer than a busy machine can take to publish both.
   */
  default void waitPatiently() {}

  /** Sends a request, and closes it after the test. */
  HeldResponse get(String path, String... headers);

  /** A stream whose first bytes are none: only with its head is it sure to get items. */
  default HeldResponse hold(String path) {
    HeldResponse client = get(path);
    assertThat(client.status()).isEqualTo(200);
    return client;
  }

  default void publish(Item item) throws Exception {
    publish(item, PublishOptions.DEFAULT);
  }

  /** Publishes with these options, and waits for the answer of the control endpoint. */
  void publish(Item item, PublishOptions options) throws Exception;

  /** Has a position, and a filter that fills it in. */
  static Instruct.Builder reliable(String channel, String prevId) {
    return Instruct.stream()
        .channel(Channel.of(channel).withPrevId(prevId).withFilter(Channel.BUILD_ID))
        .meta(IdFormat.META, IdFormat.escape("100%:") + IdFormat.lastIdOf(channel));
  }

  static Item numbered(String channel, int id) {
    String content = "[" + IdFormat.ID + "] " + IdFormat.escape(id + ", 100%\n");
    return Item.builder(channel)
        .id(String.valueOf(id))
        .prevId(String.valueOf(id - 1))
        .noSeq()
        .format(new Format.HttpStream(
            content.getBytes(StandardCharsets.UTF_8), List.of(Channel.BUILD_ID)))
        .build();
  }

  /** The items that a client gets of {@link #numbered}. */
  default String shown(int id) {
    int position = version().countsTheItemItself() ? id : id - 1;
    return "[100%:" + position + "] " + id + ", 100%\n";
  }
}
