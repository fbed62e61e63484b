package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.sse.FrameWriter;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.testkit.FakeProxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The treatment of percent signs by a proxy, and the places where they must be doubled. */
class ItemsTest {
  private final Items items = new Items(() -> new GripNames("e"), GripPrefix.NONE);

  @Test
  void stored_event_doubles_percents_but_not_that_of_the_proxys_id() {
    assertThat(content(new Event("ä 1", 7, "50%", "100% ok\n%I", Set.of(), Instant.EPOCH)))
        .isEqualTo("event: 50%%\nid: %%C3%%A4%%201:7,%I\ndata: 100%% ok\ndata: %%I\n\n");
  }

  @Test
  void event_that_is_not_stored_goes_through_no_filter() {
    assertThat(content(new Event("a", Event.NO_ID, "50%", "100% ok", Set.of(), Instant.EPOCH)))
        .isEqualTo("event: 50%\ndata: 100% ok\n\n");
  }

  @Test
  void history_for_a_filter_is_written_with_doubled_percents() {
    Position at = Position.of(Map.of("ä", 7L), "e");
    FrameWriter filtered = Percents.writer(true);
    filtered.event("50%", at, "%");
    filtered.event("b", at, "%%");
    FrameWriter plain = Percents.writer(false);
    plain.event("50%", at, "%");

    assertThat(text(filtered))
        .isEqualTo("event: 50%%\nid: %%C3%%A4:7,.:e\ndata: %%\n\n"
            + "event: b\nid: %%C3%%A4:7,.:e\ndata: %%%%\n\n");
    assertThat(text(plain)).isEqualTo("event: 50%\nid: %C3%A4:7,.:e\ndata: %\n\n");
  }

  private static String text(FrameWriter writer) {
    return new String(writer.toByteArray(), StandardCharsets.UTF_8);
  }

  /** As a proxy gets it. */
  private String content(Event event) {
    try (FakeProxy proxy = FakeProxy.start();
        ProxyPublisher publisher = ProxyPublisher.create(proxy.proxy())) {
      publisher.publish(Objects.requireNonNull(items.of(event)));
      return proxy.takeItem().format("http-stream").get("content").stringValue();
    }
  }
}
