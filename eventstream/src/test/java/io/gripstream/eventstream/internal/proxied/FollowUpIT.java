package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.javalin.JavalinRequests;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import io.javalin.http.Context;
import io.javalin.http.RedirectResponse;
import io.javalin.http.UnauthorizedResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The requests of a real Pushpin on behalf of clients, and their answers. */
class FollowUpIT extends AskedByPushpin {
  @Nested
  class Inside_an_application_with_a_login {
    @Test
    void that_answers_401() {
      streamsSurvive(ctx -> {
        if (!events.isFollowUp(JavalinRequests.of(ctx)) && ctx.cookie("user") == null) {
          throw new UnauthorizedResponse();
        }
      });
    }

    @Test
    void that_answers_302() {
      streamsSurvive(ctx -> {
        if (!events.isFollowUp(JavalinRequests.of(ctx)) && ctx.cookie("user") == null) {
          ctx.redirect("/login");
          throw new RedirectResponse();
        }
      });
    }

    @Test
    void kick_channels_are_held_all_the_same() {
      serve(
          ctx -> {
            if (!events.isFollowUp(JavalinRequests.of(ctx)) && ctx.cookie("user") == null) {
              throw new UnauthorizedResponse();
            }
          },
          config -> config.proxy(pushpin.proxy(), pushpin.uri()));

      Eventually.eventually(() -> assertThat(kept)
          .hasSize(4)
          .allMatch(answer -> answer.matches("/events/~keep/[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+ 200")));
    }

    @Test
    void keeper_token_of_another_path_is_refused() throws Exception {
      Map<String, Boolean> passes = new ConcurrentHashMap<>();
      serve(ctx -> passes.put(ctx.path(), events.isFollowUp(JavalinRequests.of(ctx))));
      HttpClient client =
          HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

      for (String path : List.of(
          "/secrets/~keep/0", "/x/events/~keep/0", "/events/~keep/0/x", "/events/~keep/0")) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(pushpin.uri() + path)).build();
        client.send(request, HttpResponse.BodyHandlers.discarding());
        assertThat(passes).containsEntry(path, false);
      }
    }

    private void streamsSurvive(Consumer<Context> guard) {
      serve(guard);
      try (StreamClient client = open("alice")) {
        client.expectOpen();
        awaitFollowUps(1);
        storeUnpublished("a", "from elsewhere");
        client.expectEvent("from elsewhere");
        events.send("a", "message", "live");
        client.expectEvent("live");
      }
      assertThat(StreamClient.open(proxied("/events?channel=a")).status()).isIn(401, 302);
    }
  }

  @Test
  void a_lost_permission_ends_the_users_streams_twice_in_a_minute() {
    serve(ctx -> {});
    try (StreamClient bob = open("bob")) {
      bob.expectOpen();
      for (int round = 0; round < 2; round++) {
        int before = followUps.size();
        try (StreamClient alice = open("alice")) {
          alice.expectOpen();
          awaitFollowUps(before + 1);
          forbidden.add("alice a");
          events.permissionChanged("alice", "a");
          assertThat(alice.expectError("forbidden").data())
              .isEqualTo(
                  "{\"condition\":\"forbidden\",\"text\":\"Permission denied to channels: a\",\"channels\":[\"a\"]}");
          alice.expectEnd();
        }
        forbidden.clear();
      }
      events.send("a", "message", "still here");
      bob.expectEvent("still here");
    }
  }

  @Test
  void an_expired_token_ends_its_stream() {
    serve(ctx -> {});
    String until = Instant.now().plusSeconds(3).toString();
    Map<String, String> headers = Map.of("Cookie", "user=alice", "X-Until", until);
    try (StreamClient client = StreamClient.open(proxied("/events?channel=a"), headers)) {
      client.expectOpen();
      client.expectError("token-expired");
      client.expectEnd();
    }
  }

  @Test
  void a_stored_but_unpublished_event_is_relayed() {
    serve(ctx -> {});
    try (StreamClient client = open(null)) {
      client.expectOpen();
      storeUnpublished("a", "orphan");
      client.expectEvent("orphan");
      client.expectNothing(Duration.ofSeconds(2));
    }
  }

  @Test
  void storage_that_is_away_ends_no_stream() {
    serve(ctx -> {});
    try (StreamClient alice = open("alice");
        StreamClient anonymous = open(null)) {
      alice.expectOpen();
      anonymous.expectOpen();
      store.refuseReads(StoreException.Kind.UNAVAILABLE);
      int before = answers.size();
      letItAsk();
      // Answered, not only asked: the storage has to be away when it is read.
      Eventually.eventually(() -> assertThat(answers).hasSizeGreaterThan(before + 1));
      storeUnpublished("a", "missed");
      store.recover();
      events.send("a", "message", "after");
      for (StreamClient client : List.of(alice, anonymous)) {
        client.expectEvents(List.of("missed", "after"));
      }
    }
    assertThat(answers).containsOnly(200);
  }

  /** The keys of links are known before the first request. */
  @Test
  void storage_that_is_away_just_after_a_restart_ends_no_stream() {
    serve(ctx -> {});
    try (StreamClient client = open(null)) {
      client.expectOpen();
      awaitFollowUps(1);
      server.stop();
      start(ctx -> {}, config -> config.proxy(pushpin.gripUrl()));
      store.refuseReads(StoreException.Kind.UNAVAILABLE);
      int before = answers.size();
      letItAsk();
      Eventually.eventually(() -> assertThat(answers).hasSizeGreaterThan(before));
      store.recover();
      events.send("a", "message", "after");
      client.expectEvent("after");
    }
  }

  /** We cannot know whether it may go on; the client comes back and is told again. */
  @Test
  void an_application_that_fails_ends_the_stream_and_lets_it_come_back() {
    serve(ctx -> {});
    try (StreamClient alice = open("alice")) {
      alice.expectOpen();
      isBroken = true;
      letItAsk();
      assertThat(alice.expectError("internal-error").id()).isNull();
      alice.expectEnd();
    }
    assertThat(answers).containsOnly(200);
  }
}
