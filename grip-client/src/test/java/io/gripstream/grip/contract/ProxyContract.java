package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.Channel;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.GripRequest;
import io.gripstream.grip.IdFormat;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.KeepAlive;
import io.gripstream.grip.contract.TestOrigin.Reply;
import io.gripstream.grip.publish.Format;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.publish.PublishOptions;
import io.gripstream.grip.testkit.HeldResponse;
import io.gripstream.grip.testkit.PushpinVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The behaviour of every proxy. Each test has its own paths and channels, because Pushpin is
 * shared.
 */
abstract class ProxyContract {

  private final List<AutoCloseable> opened = new ArrayList<>();

  abstract TestOrigin origin();

  abstract URI uri();

  abstract GripProxy proxy();

  /** Which Pushpin it is, or plays. */
  abstract PushpinVersion version();

  /** Waits until this number of connections is held on the channel. */
  abstract void awaitSubscribers(String channel, int count) throws InterruptedException;

  /** Has items wait less long for the one before them, if the proxy can be told while it runs. */
  void waitBriefly() {}

  /**
   * Lets an item wait for the one before it longer than a busy machine can take to publish both.
   */
  void waitPatiently() {}

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private HeldResponse get(String path, String... headers) {
    return open(HeldResponse.get(uri().resolve(path), headers));
  }

  /** A stream whose first bytes are none: only with its head is it sure to get items. */
  private HeldResponse hold(String path) {
    HeldResponse client = get(path);
    assertThat(client.status()).isEqualTo(200);
    return client;
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }

  private void publish(Item item) throws Exception {
    publish(item, PublishOptions.DEFAULT);
  }

  private void publish(Item item, PublishOptions options) throws Exception {
    open(ProxyPublisher.create(proxy(), options)).publish(item).get(10, TimeUnit.SECONDS);
  }

  @Test
  void stream_gets_the_answer_then_items_until_it_is_closed() throws Exception {
    origin()
        .route(
            "/stream",
            r -> Reply.of("open\n")
                .header("X-A", "1")
                .with(Instruct.stream().channel("stream").build()));
    HeldResponse client = get("/stream").awaitText("open\n");
    awaitSubscribers("stream", 1);

    publish(Item.stream("stream", "é€😀\n"));
    publish(Item.builder("stream").stream(new byte[] {'x', '\n'}).build());
    publish(Item.builder("stream").closeStream().build());

    assertThat(client.awaitEnd()).isEqualTo("open\né€😀\nx\n");
    assertThat(client.status()).isEqualTo(200);
    assertThat(client.header("X-A")).isEqualTo("1");
    assertThat(client.header("Grip-Hold")).isNull();
  }

  @Test
  void requests_are_signed_and_name_features() throws Exception {
    origin().route("/plain", r -> Reply.of("plain"));

    assertThat(get("/plain", "Grip-Last", "forged; last-id=1").awaitEnd()).isEqualTo("plain");

    GripRequest request = GripRequest.read(
        origin().takeRequest("/plain").headers(), List.of(proxy()), Clock.systemUTC());
    assertThat(request.isSigned()).isTrue();
    assertThat(request.features()).contains("link:next", "filter:build-id");
    assertThat(request.features().contains("link:gone")).isEqualTo(version().hasGoneLinks());
    assertThat(request.lastIds()).isEmpty();
  }

  @Test
  void held_response_is_answered_by_an_item() throws Exception {
    origin()
        .route(
            "/poll",
            r -> Reply.of("timeout")
                .header("X-A", "old")
                .with(Instruct.response()
                    .channel("poll")
                    .timeout(Duration.ofSeconds(30))
                    .status(304)
                    .build()));
    HeldResponse client = get("/poll");
    awaitSubscribers("poll", 1);

    publish(Item.builder("poll")
        .format(new Format.HttpResponse(
            201,
            null,
            List.of(Map.entry("X-A", "new")),
            "ü".getBytes(StandardCharsets.UTF_8),
            null))
        .build());

    assertThat(client.awaitEnd()).isEqualTo("ü");
    assertThat(client.status()).isEqualTo(201);
    assertThat(client.header("X-A")).isEqualTo("new");
    assertThat(client.header("Content-Type")).isEqualTo("text/plain");
  }

  @Test
  void held_response_times_out_with_the_status_of_the_instruct() {
    origin()
        .route(
            "/late",
            r -> new Reply(200, List.of(Map.entry("ETag", "\"7\"")), new byte[0])
                .with(Instruct.response()
                    .channel("late")
                    .timeout(Duration.ofSeconds(5))
                    .status(304)
                    .build()));
    HeldResponse client = get("/late");

    assertThat(client.awaitEnd()).isEmpty();
    assertThat(client.status()).isEqualTo(304);
    assertThat(client.header("ETag")).isEqualTo("\"7\"");
  }

  private static Instruct.Builder reliable(String channel, String prevId) {
    return Instruct.stream()
        .channel(Channel.of(channel).withPrevId(prevId).withFilter(Channel.BUILD_ID))
        .meta(IdFormat.META, IdFormat.escape("100%:") + IdFormat.lastIdOf(channel));
  }

  @Test
  void content_gets_its_id_and_a_gap_is_filled_through_the_next_link() throws Exception {
    origin()
        .route(
            "/ids",
            r -> Reply.of("").with(reliable("ids", "1").nextLink("/ids/next").build()));
    origin().route("/ids/next", r -> {
      String last = GripRequest.read(r.headers(), List.of(proxy()), Clock.systemUTC())
          .lastIds()
          .getOrDefault("ids", "none");
      boolean gap = last.equals("2");
      String prevId = gap ? "4" : last;
      return Reply.of(gap ? "3 and 4 after 2, 100%%\n" : "")
          .with(reliable("ids", prevId).nextLink("/ids/next").build());
    });
    HeldResponse client = hold("/ids");
    awaitSubscribers("ids", 1);

    publish(numbered("ids", 2));
    client.awaitText(shown(2));
    publish(numbered("ids", 4));
    client.awaitContaining("3 and 4 after 2, 100%\n");
    publish(numbered("ids", 5));

    client.awaitText(shown(2) + "3 and 4 after 2, 100%\n" + shown(5));
  }

  /** The application's side of a channel: answers with what a client lacks of a growing list. */
  private void routeList(String channel, List<Integer> list) {
    origin()
        .route(
            "/" + channel,
            r -> Reply.of("")
                .with(reliable(channel, "1").nextLink("/" + channel + "/next").build()));
    origin().route("/" + channel + "/next", r -> {
      int last = Integer.parseInt(GripRequest.read(r.headers(), List.of(proxy()), Clock.systemUTC())
          .lastIds()
          .getOrDefault(channel, "0"));
      var missed = new StringBuilder();
      list.stream().filter(id -> id > last).forEach(id -> missed.append("(" + id + ")"));
      return Reply.of(missed.toString())
          .with(reliable(channel, "" + Math.max(last, list.get(list.size() - 1)))
              .nextLink("/" + channel + "/next")
              .build());
    });
  }

  private static Item inOrder(String channel, int id) {
    return Item.builder(channel)
        .id("" + id)
        .prevId("" + (id - 1))
        .format(new Format.HttpStream(
            ("" + id).getBytes(StandardCharsets.UTF_8), List.of(Channel.BUILD_ID)))
        .build();
  }

  @Test
  void an_item_waits_for_the_one_before_it() throws Exception {
    waitPatiently();
    var list = new CopyOnWriteArrayList<>(List.of(1));
    routeList("order", list);
    HeldResponse client = get("/order");
    awaitSubscribers("order", 1);
    publish(inOrder("order", 2));
    client.awaitText("2");

    publish(inOrder("order", 5));
    publish(inOrder("order", 4));
    publish(inOrder("order", 3));

    client.awaitText("2345");
  }

  @Test
  void after_waiting_in_vain_an_item_makes_clients_ask() throws Exception {
    waitBriefly();
    var list = new CopyOnWriteArrayList<>(List.of(1));
    routeList("vain", list);
    HeldResponse client = get("/vain");
    awaitSubscribers("vain", 1);
    publish(inOrder("vain", 2));
    client.awaitText("2");
    list.addAll(List.of(2, 3, 4));

    publish(inOrder("vain", 4));

    client.awaitText("2(3)(4)");
    publish(inOrder("vain", 5));
    client.awaitText("2(3)(4)5");
  }

  @Test
  void an_item_during_the_origins_answer_is_not_missed() throws Exception {
    var list = new CopyOnWriteArrayList<>(List.of(1));
    routeList("race", list);
    HeldResponse first = get("/race");
    awaitSubscribers("race", 1);
    list.add(2);
    publish(inOrder("race", 2));
    first.awaitText("2");

    // The origin still answers that 1 is the last.
    HeldResponse second = get("/race");

    second.awaitText("(2)");
    publish(inOrder("race", 3));
    first.awaitText("23");
    second.awaitText("(2)3");
  }

  @Test
  void a_held_response_that_missed_something_is_asked_again() throws Exception {
    origin().route("/behind", r -> {
      Map<String, String> last =
          GripRequest.read(r.headers(), List.of(proxy()), Clock.systemUTC()).lastIds();
      return last.getOrDefault("behind", "").isEmpty()
          ? Reply.of("timeout")
              .with(Instruct.response()
                  .channel(Channel.of("behind").withPrevId("1"))
                  .timeout(Duration.ofSeconds(30))
                  .build())
          : Reply.of("after " + last.get("behind"));
    });
    HeldResponse client = get("/behind");
    awaitSubscribers("behind", 1);

    publish(
        Item.builder("behind").id("3").prevId("2").response("text/plain", "3").build());

    assertThat(client.awaitEnd()).isEqualTo("after 1");
  }

  private static Item numbered(String channel, int id) {
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
  private String shown(int id) {
    int position = version().countsTheItemItself() ? id : id - 1;
    return "[100%:" + position + "] " + id + ", 100%\n";
  }

  private static Item positioned(String channel, int id, String content) {
    return Item.builder(channel)
        .id("" + id)
        .prevId("" + (id - 1))
        .format(new Format.HttpStream(
            content.getBytes(StandardCharsets.UTF_8), List.of(Channel.BUILD_ID)))
        .build();
  }

  private static Instruct several(String a, String b) {
    return Instruct.stream()
        .channel(Channel.of("several-a").withPrevId(a).withFilter(Channel.BUILD_ID))
        .channel(Channel.of("several-b").withPrevId(b).withFilter(Channel.BUILD_ID))
        .meta(
            IdFormat.META,
            "a:" + IdFormat.lastIdOf("several-a") + ",b:" + IdFormat.lastIdOf("several-b"))
        .nextLink("/several/next")
        .build();
  }

  @Test
  void positions_of_several_channels_move_with_the_item_or_after_it() throws Exception {
    origin().route("/several", r -> Reply.of("").with(several("1", "7")));
    origin().route("/several/next", r -> {
      Map<String, String> last =
          GripRequest.read(r.headers(), List.of(proxy()), Clock.systemUTC()).lastIds();
      return Reply.of("")
          .with(several(
              last.getOrDefault("several-a", "none"), last.getOrDefault("several-b", "none")));
    });
    HeldResponse client = hold("/several");
    awaitSubscribers("several-b", 1);

    publish(positioned("several-a", 2, IdFormat.ID + "\n"));
    client.awaitBytes(8);
    publish(positioned("several-b", 8, IdFormat.ID + "\n"));
    client.awaitBytes(16);
    publish(positioned("several-a", 3, IdFormat.ID + "\n"));

    client.awaitText(
        version().countsTheItemItself()
            ? "a:2,b:7\na:2,b:8\na:3,b:8\n"
            : "a:1,b:7\na:2,b:7\na:2,b:8\n");
  }

  @Test
  void a_format_without_variables_is_the_same_in_every_item() throws Exception {
    Instruct instruct = Instruct.stream()
        .channel(Channel.of("constant").withPrevId("1").withFilter(Channel.BUILD_ID))
        .meta(IdFormat.META, ".:e")
        .nextLink("/constant")
        .build();
    origin().route("/constant", r -> Reply.of("").with(instruct));
    HeldResponse client = hold("/constant");
    awaitSubscribers("constant", 1);

    publish(positioned("constant", 2, "id: a:2," + IdFormat.ID + "\n"));

    client.awaitText("id: a:2,.:e\n");
  }

  /** Holds with or without the filter, and answers the link the other way round. */
  private HeldResponse turned(String channel, boolean filteredFirst) throws Exception {
    Instruct.Builder filtered = reliable(channel, "1");
    Instruct.Builder plain = Instruct.stream().channel(Channel.of(channel).withPrevId("1"));
    String next = "/" + channel + "/next";
    Instruct first = (filteredFirst ? filtered : plain).nextLink(next).build();
    Instruct second = (filteredFirst ? plain : filtered).nextLink(next).build();
    origin().route("/" + channel, r -> Reply.of("").with(first));
    var answers = new AtomicInteger();
    origin()
        .route(
            next, r -> Reply.of(answers.getAndIncrement() == 0 ? "100%% (" : "").with(second));
    HeldResponse client = hold("/" + channel);
    awaitSubscribers(channel, 1);
    publish(Item.builder(channel).format(new Format.HttpStreamHint()).build());
    return client;
  }

  @Test
  void an_answer_goes_through_its_own_filters_or_the_filters_before() throws Exception {
    String doubled = "100%% (";
    String once = "100% (";
    boolean asItSays = version().filtersAnAnswerAsItSays();

    turned("turned-off", true).awaitText(asItSays ? doubled : once);
    turned("turned-on", false).awaitText(asItSays ? once : doubled);
  }

  @Test
  void an_id_is_delivered_once() throws Exception {
    origin()
        .route("/once", r -> Reply.of("").with(Instruct.stream().channel("once").build()));
    HeldResponse client = hold("/once");
    awaitSubscribers("once", 1);

    publish(Item.builder("once").id("a").stream("1").build());
    publish(Item.builder("once").id("a").stream("2").build());
    publish(Item.builder("once").id("b").stream("3").build());

    client.awaitText("13");
  }

  @Test
  void filters_choose_the_clients_that_get_an_item() throws Exception {
    for (String user : List.of("ann", "bob")) {
      origin()
          .route(
              "/users/" + user,
              r -> Reply.of("")
                  .with(Instruct.stream()
                      .channel(Channel.of("users")
                          .withFilter(Channel.SKIP_USERS)
                          .withFilter(Channel.SKIP_SELF)
                          .withFilter(Channel.REQUIRE_SUB))
                      .channel("users-" + user)
                      .meta("user", user)
                      .build()));
    }
    HeldResponse ann = hold("/users/ann");
    HeldResponse bob = hold("/users/bob");
    awaitSubscribers("users", 2);

    publish(Item.builder("users").meta("skip_users", "ann, carl").stream("1").build());
    publish(Item.builder("users").meta("sender", "bob").stream("2").build());
    publish(Item.builder("users").meta("require_sub", "users-bob").stream("3").build());
    publish(Item.stream("users", "4"));

    ann.awaitText("24");
    bob.awaitText("134");
  }

  @Test
  void pages_follow_one_another() {
    origin()
        .route(
            "/pages",
            r -> Reply.of("1").with(Instruct.none().nextLink("/pages/2").build()));
    origin()
        .route(
            "/pages/2",
            r -> Reply.of("2").with(Instruct.none().nextLink("3?x=1").build()));
    origin().route("/pages/3", r -> Reply.of("3"));

    assertThat(get("/pages").awaitEnd()).isEqualTo("123");
  }

  @Test
  void keep_alive_is_sent_when_idle() {
    String content = "a;b,c \\ é\u0000\t\r\n ";
    origin()
        .route(
            "/idle",
            r -> Reply.of("")
                .with(Instruct.stream()
                    .channel("idle")
                    .keepAlive(KeepAlive.of(content, Duration.ofSeconds(1)))
                    .build()));

    byte[] expected = content.getBytes(StandardCharsets.UTF_8);
    assertThat(get("/idle").awaitBytes(expected.length)).startsWith(expected);
  }

  @Test
  void binary_keep_alive_is_sent_at_an_interval() {
    byte[] content = {0, -1, ';', ',', 1, 2, -128};
    origin()
        .route(
            "/interval",
            r -> Reply.of("")
                .with(Instruct.stream()
                    .channel("interval")
                    .keepAlive(
                        new KeepAlive(content, Duration.ofSeconds(1), KeepAlive.Mode.INTERVAL))
                    .build()));

    byte[] twice = get("/interval").awaitBytes(14);

    assertThat(twice).startsWith(content).endsWith(content);
  }

  @Test
  void document_carries_values_that_headers_cannot() throws Exception {
    String channel = "ä,;\"\n名";
    origin()
        .route(
            "/document",
            r -> new Reply(
                    202, List.of(Map.entry("X-A", "b")), "open".getBytes(StandardCharsets.UTF_8))
                .within(Instruct.stream()
                    .channel(Channel.of(channel).withFilter(Channel.SKIP_SELF))
                    .meta("user", "Zoë")
                    .keepAlive(KeepAlive.of("!", Duration.ofSeconds(30)))
                    .build()));
    HeldResponse client = get("/document").awaitText("open");
    awaitSubscribers(channel, 1);

    publish(Item.builder(channel).meta("sender", "Zoë").stream("mine").build());
    publish(Item.builder(channel).meta("sender", "Zoé").stream(" yours").build());

    client.awaitText("open yours");
    assertThat(client.status()).isEqualTo(202);
    assertThat(client.header("X-A")).isEqualTo("b");
  }

  @Test
  void prefix_is_the_same_in_instructs_and_publishes() throws Exception {
    var prefix = new GripPrefix("app-");
    origin()
        .route(
            "/prefix",
            r -> Reply.of("")
                .with(reliable("room", "1")
                    .channel(Channel.of("kick").withFilter(Channel.REQUIRE_SUB))
                    .nextLink("/prefix/next")
                    .build()
                    .withPrefix(prefix)));
    origin().route("/prefix/next", r -> {
      Map<String, String> last = GripRequest.read(
              r.headers(), List.of(proxy()), prefix, Clock.systemUTC())
          .lastIds();
      return Reply.of("")
          .with(reliable("room", last.getOrDefault("room", "lost"))
              .channel(Channel.of("kick").withFilter(Channel.REQUIRE_SUB))
              .nextLink("/prefix/next")
              .build()
              .withPrefix(prefix));
    });
    PublishOptions prefixed = PublishOptions.DEFAULT.withPrefix(prefix);
    HeldResponse client = hold("/prefix");
    awaitSubscribers("app-room", 1);

    publish(numbered("room", 2), prefixed);
    client.awaitText(shown(2));
    publish(Item.builder("kick").meta("require_sub", "other").closeStream().build(), prefixed);
    publish(Item.builder("kick").meta("require_sub", "room").stream("bye").build(), prefixed);
    client.awaitContaining("bye");
    publish(Item.builder("kick").meta("require_sub", "room").closeStream().build(), prefixed);

    assertThat(client.awaitEnd()).isEqualTo(shown(2) + "bye");
  }

  @Test
  void hint_makes_a_stream_ask_the_origin() throws Exception {
    origin()
        .route(
            "/hint",
            r -> Reply.of("")
                .with(Instruct.stream().channel("hint").nextLink("/hint/next").build()));
    origin().route("/hint/next", r -> Reply.of("asked"));
    HeldResponse client = hold("/hint");
    awaitSubscribers("hint", 1);

    publish(Item.builder("hint").format(new Format.HttpStreamHint()).build());

    assertThat(client.awaitEnd()).isEqualTo("asked");
  }

  @Test
  void only_exposed_headers_reach_the_client() {
    origin()
        .route(
            "/expose",
            r -> Reply.of("")
                .header("X-A", "1")
                .header("X-B", "2")
                .with(Instruct.stream().channel("expose").exposeHeaders("x-a").build()));
    HeldResponse client = get("/expose");

    assertThat(client.header("X-A")).isEqualTo("1");
    assertThat(client.header("X-B")).isNull();
  }

  @Test
  void a_malformed_instruct_is_a_502() {
    origin().route("/malformed", r -> Reply.of("x").header("Grip-Hold", "Stream"));

    assertThat(get("/malformed").status()).isEqualTo(502);
  }
}
