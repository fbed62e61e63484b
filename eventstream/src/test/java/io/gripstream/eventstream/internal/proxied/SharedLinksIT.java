package io.gripstream.eventstream.internal.proxied;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Grants;
import io.gripstream.eventstream.StreamRequest;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.TestClock;
import io.javalin.Javalin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which streams have the same link, so that a proxy asks once for all of them, and which never. */
class SharedLinksIT extends AskedByPushpin {
  /** Otherwise any client could make the proxy hold connections on which no byte is ever sent. */
  @Test
  void kick_channels_are_held_for_the_application_only() {
    serve(ctx -> {});
    String number = Base64.getUrlEncoder().withoutPadding().encodeToString("0".getBytes());
    for (String token : List.of("0", "3", number, number + ".", number + ".AAAA", "~", "4")) {
      try (StreamClient client = StreamClient.open(proxied("/events/~keep/" + token))) {
        client.expectEnd();
        assertThat(client.status()).as(token).isEqualTo(404);
      }
    }
  }

  @Test
  void streams_with_nothing_personal_share_a_link() {
    serve(ctx -> {});
    try (StreamClient one = open(null);
        StreamClient two = open(null)) {
      one.expectOpen();
      two.expectOpen();
      awaitFollowUps(1);
      events.send("a", "message", "x");
      one.expectEvent("x");
      two.expectEvent("x");
    }
    assertThat(Set.copyOf(followUps)).hasSize(1);
  }

  @Test
  void streams_that_rewind_differently_share_a_link() {
    serve(ctx -> {});
    List<String> past = List.of("1", "2", "3");
    past.forEach(data -> events.send("a", "message", data));
    Map<String, Integer> rewinds = Map.of("", 0, "&rewind=0", 0, "&rewind=1", 1, "&rewind=3", 3);
    List<StreamClient> clients = new ArrayList<>();
    try {
      rewinds.forEach((query, count) -> {
        StreamClient client = StreamClient.open(proxied("/events?channel=a" + query));
        clients.add(client);
        client.expectOpen().expectEvents(past.subList(3 - count, 3));
      });
      letItAsk();
      awaitFollowUps(1);
      events.send("a", "message", "4");
      clients.forEach(client -> client.expectEvent("4"));
    } finally {
      clients.forEach(StreamClient::close);
    }
    assertThat(given).hasSize(4).allMatch(link -> link.contains("/~next/"));
    assertThat(given.stream().map(link -> link.split(">", 2)[0]).distinct()).hasSize(1);
    assertThat(Set.copyOf(followUps)).hasSize(1);
  }

  @Test
  void users_have_different_links() {
    serve(ctx -> {});
    try (StreamClient alice = open("alice");
        StreamClient bob = open("bob")) {
      alice.expectOpen();
      bob.expectOpen();
      awaitFollowUps(2);
      events.send(Draft.of("a", "message", "for all but alice").withSkippedUsers("alice"));
      storeUnpublished("a", "for all but bob", "bob");
      events.send("a", "message", "for all");

      alice.expectEvent("for all but bob");
      alice.expectEvent("for all");
      bob.expectEvent("for all but alice");
      bob.expectEvent("for all");
      alice.expectNothing(Duration.ofSeconds(1));
      bob.expectNothing(Duration.ofMillis(100));
    }
    assertThat(Set.copyOf(followUps)).hasSize(2);
  }

  @Test
  void streams_with_one_grant_share_a_link_and_end_when_it_does_not_hold_any_more() {
    Set<String> grants = ConcurrentHashMap.newKeySet();
    grants.addAll(List.of("left", "right"));
    serve(
        ctx -> {},
        config -> config.proxy(pushpin.gripUrl()).grants(new Grants() {
          @Override
          public @Nullable String of(StreamRequest request) {
            return request.header("X-Grant");
          }

          @Override
          public boolean holds(String grant, String channel) {
            return grants.contains(grant) && channel.equals("a");
          }
        }));
    try (StreamClient one = granted("left");
        StreamClient two = granted("left");
        StreamClient other = granted("right")) {
      for (StreamClient client : List.of(one, two, other)) {
        client.expectOpen();
      }
      letItAsk();
      eventually(() -> assertThat(Set.copyOf(followUps)).hasSize(2));

      grants.remove("right");
      letItAsk();

      assertThat(other.expectError("token-expired").id()).isNull();
      other.expectEnd();
      events.send("a", "message", "to who may read on");
      one.expectEvent("to who may read on");
      two.expectEvent("to who may read on");
    }
  }

  /** Each would make the proxy ask, and it asks only ten times a second for all clients. */
  @Test
  void streams_on_many_new_channels_get_busy() {
    // Time would let further channels be opened.
    serve(
        ctx -> {},
        config -> config.proxy(pushpin.gripUrl()).newChannelLimit(3).clock(TestClock.now()));
    List<StreamClient> held = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        held.add(StreamClient.open(
            proxied("/events?channel=new-" + i), Map.of("Cookie", "user=mallory")));
        held.get(i).expectOpen();
      }
      for (int i = 3; i < 8; i++) {
        try (StreamClient told = StreamClient.open(
            proxied("/events?channel=new-" + i), Map.of("Cookie", "user=mallory"))) {
          assertThat(told.expectError("busy").id()).isNull();
          told.expectEnd();
          assertThat(told.status()).isEqualTo(200);
          assertThat(new String(told.body(), StandardCharsets.UTF_8)).startsWith("retry: 5000\n");
        }
      }
      for (String user : List.of("mallory", "alice")) {
        String channel = user.equals("alice") ? "new-9" : "new-0";
        held.add(StreamClient.open(
            proxied("/events?channel=" + channel), Map.of("Cookie", "user=" + user)));
        held.get(held.size() - 1).expectOpen();
      }
    } finally {
      held.forEach(StreamClient::close);
    }
  }

  private StreamClient granted(String grant) {
    return StreamClient.open(proxied("/events?channel=a"), Map.of("X-Grant", grant));
  }

  /** The fault of libraries that distinguish users by the query of their links. */
  @Test
  void a_link_that_differs_in_its_query_only_leaks() {
    server = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.routes.get("/naive", ctx -> {
            String user = ctx.queryParam("user");
            ctx.contentType("text/event-stream")
                .header("Grip-Hold", "stream")
                .header("Grip-Channel", "naive; prev-id=0")
                .header("Grip-Link", "</naive?user=" + user + "&next=1>; rel=next; timeout=120");
            if (ctx.queryParam("next") != null) {
              // As slow as a database: while one request is under way, the others wait for its
              // answer.
              new CountDownLatch(1).await(2, TimeUnit.SECONDS);
            }
            ctx.result(
                ctx.queryParam("next") == null
                    ? "event: open\ndata:\n\n"
                    : "data: secret of " + user + "\n\n");
          });
        })
        .start("127.0.0.1", port);
    pushpin.awaitStream("/naive?user=ready");
    try (StreamClient alice = StreamClient.open(proxied("/naive?user=alice"));
        StreamClient bob = StreamClient.open(proxied("/naive?user=bob"))) {
      List<String> secrets = List.of(
          alice.next().data(),
          bob.next().data(),
          alice.next().data(),
          bob.next().data());
      assertThat(Set.copyOf(secrets.subList(2, 4)))
          .as("Pushpin gave both the same answer")
          .hasSize(1);
    }
  }
}
