package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.Grants;
import io.gripstream.eventstream.StreamRequest;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.javalin.JavalinRequests;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.FaultyStore;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.RedirectResponse;
import io.javalin.http.UnauthorizedResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The requests of a real Pushpin on behalf of clients, and their answers. */
class FollowUpIT {
  @TempDir
  Path directory;

  private final Set<String> forbidden = ConcurrentHashMap.newKeySet();
  private final Queue<String> followUps = new ConcurrentLinkedQueue<>();
  private final Queue<String> given = new ConcurrentLinkedQueue<>();
  private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
  private final Set<String> kept = ConcurrentHashMap.newKeySet();
  private volatile boolean isBroken;
  private FaultyStore store;
  private int port;
  private Pushpin pushpin;
  private EventStream events;
  private @Nullable Javalin server;

  @BeforeEach
  void startProxy() {
    port = Ports.free(1).get(0);
    pushpin = Pushpin.builder()
        .route("* 127.0.0.1:" + port)
        // So that it asks a second after a channel's first subscriber; 1.36 always does.
        .handlerSetting("update_on_first_subscription", "true")
        .start();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop();
    }
    pushpin.close();
  }

  /** Users are named by a cookie; {@code guard} is the application's own login. */
  private void serve(Consumer<Context> guard) {
    serve(guard, config -> config.proxy(pushpin.gripUrl()));
  }

  private void serve(Consumer<Context> guard, Consumer<EventStreamConfig> proxy) {
    start(guard, proxy);
    pushpin.awaitStream("/events?channel=ready", Map.of("Cookie", "user=ready"));
  }

  private void start(Consumer<Context> guard, Consumer<EventStreamConfig> proxy) {
    ChannelManager manager = new ChannelManager() {
      @Override
      public boolean canRead(@Nullable String user, String channel) {
        if (isBroken) {
          throw new IllegalStateException("the application's database is away");
        }
        return !forbidden.contains(user + " " + channel);
      }
    };
    store = FaultyStore.of(EventStores.sqlite(database()));
    events = EventStream.create(config -> {
      proxy.accept(config);
      config
          .store(store)
          .channelManager(manager)
          .user(ctx -> ctx.cookie("user"))
          .expiry(
              ctx -> ctx.header("X-Until") == null ? null : Instant.parse(ctx.header("X-Until")));
    });
    server = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.routes.before(ctx -> {
            if (isFollowUp(ctx)) {
              followUps.add(ctx.path());
            }
            guard.accept(ctx);
          });
          config.routes.after(ctx -> {
            if (isFollowUp(ctx)) {
              answers.add(ctx.statusCode());
            } else if (ctx.path().contains("/~keep/")) {
              kept.add(ctx.path() + " " + ctx.statusCode());
            } else if ("a".equals(ctx.queryParam("channel"))) {
              given.add(String.valueOf(ctx.res().getHeader("Grip-Link")));
            }
          });
          config.registerPlugin(
              new EventStreamPlugin(events, routes -> routes.queryParam("/events")));
        })
        .start("127.0.0.1", port);
  }

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
      awaitFollowUps(2);
      assertThat(Set.copyOf(followUps)).hasSize(2);

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
    serve(ctx -> {}, config -> config.proxy(pushpin.gripUrl()).newChannelLimit(3));
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
              new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
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

  @Nested
  class A_link_that_is_not_honoured_ends_cleanly {
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

  /** As a publisher does that is killed between its commit and its publish. */
  private void storeUnpublished(String channel, String data, String... skipUsers) {
    try (EventStore other = EventStores.sqlite(database())) {
      other.start();
      other
          .append(Draft.of(channel, "message", data).withSkippedUsers(skipUsers))
          .join();
    }
  }

  /** Asked for a stream of the test, and not for the one that showed that the proxy is ready. */
  private static boolean isFollowUp(Context ctx) {
    int token = ctx.path().indexOf("/~next/");
    if (token < 0) {
      return false;
    }
    String body = ctx.path().substring(token + "/~next/".length()).split("\\.")[0];
    return !body.matches("[A-Za-z0-9_-]+")
        || !new String(Base64.getUrlDecoder().decode(body)).contains("ready");
  }

  /** Waits for this number of requests since the application serves. */
  private void awaitFollowUps(int count) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (followUps.size() < count && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(followUps).hasSizeGreaterThanOrEqualTo(count);
  }

  /** As after a gap: the proxy follows the links of all its streams. */
  private void letItAsk() {
    try (ProxyPublisher publisher = ProxyPublisher.create(pushpin.proxy())) {
      publisher.recover().join();
    }
  }

  private StreamClient open(@Nullable String user) {
    return StreamClient.open(
        proxied("/events?channel=a"), user == null ? Map.of() : Map.of("Cookie", "user=" + user));
  }

  private URI proxied(String path) {
    return pushpin.uri().resolve(path);
  }

  private Path database() {
    return directory.resolve("events.db");
  }
}
