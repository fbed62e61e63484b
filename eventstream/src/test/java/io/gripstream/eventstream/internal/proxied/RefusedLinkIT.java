package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamClient;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A link that is not honoured ends cleanly: an empty stream, and no event to whoever asks. */
class RefusedLinkIT extends AskedByPushpin {

  private String link;

  @BeforeEach
  void learnALink() {
    serve(ctx -> {});
    try (StreamClient client = open("alice")) {
      client.expectOpen();
      awaitFollowUps(1);
      link = followUps.element();
    }
  }

  @Test
  void asked_by_a_client_itself() {
    URI direct = URI.create("http://127.0.0.1:" + port + link);
    expectNothingAt(direct, Map.of());
    // As a proxy says where the stream stands; but who says it signs nothing.
    String held = new GripNames(store.epoch()).events("a");
    expectNothingAt(direct, Map.of("Grip-Last", held + "; last-id=0"));
    expectNothingAt(direct, Map.of("Grip-Last", held + "; last-id=0", "Grip-Sig", "forged"));
  }

  @Test
  void asked_by_another_user_through_the_proxy() {
    expectNothingAt(proxied(link), Map.of("Cookie", "user=bob"));
    expectNothingAt(proxied(link), Map.of());
  }

  /** Such a link says by itself where to read on. */
  @Test
  void a_page_asked_by_a_client_itself() {
    String half = "x".repeat(60_000);
    events.send("a", "message", half);
    events.send("a", "message", half);
    int before = followUps.size();
    try (StreamClient client = StreamClient.open(
        proxied("/events?channel=a"),
        Map.of("Cookie", "user=alice", "Last-Event-ID", "earliest"))) {
      client.expectOpen().expectEvents(List.of(half, half));
    }
    String page = List.copyOf(followUps).get(before);
    expectNothingAt(URI.create("http://127.0.0.1:" + port + page), Map.of());
    expectNothingAt(proxied(page), Map.of("Cookie", "user=alice"));
  }

  @Test
  void tampered_with() {
    String[] token = link.substring(link.lastIndexOf('/') + 1).split("\\.");
    String forged = new String(Base64.getUrlDecoder().decode(token[0])).replace("alice", "carol");
    String base = link.substring(0, link.lastIndexOf('/') + 1);

    expectNothingAt(
        proxied(base + Base64.getUrlEncoder().withoutPadding().encodeToString(forged.getBytes())
            + "." + token[1]),
        Map.of());
    expectNothingAt(proxied(base + token[0]), Map.of());
    expectNothingAt(proxied(base + "%7B%7D"), Map.of());
  }

  private void expectNothingAt(URI uri, Map<String, String> headers) {
    try (StreamClient client = StreamClient.open(uri, headers)) {
      assertThat(client.status()).isEqualTo(200);
      client.expectEnd();
      assertThat(client.body()).isEmpty();
    }
  }
}
