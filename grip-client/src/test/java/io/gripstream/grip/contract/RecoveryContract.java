package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.Channel;
import io.gripstream.grip.GripRequest;
import io.gripstream.grip.IdFormat;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.contract.TestOrigin.Reply;
import io.gripstream.grip.publish.Format;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.testkit.HeldResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The items that came too early, twice or not at all: every proxy fills gaps in their order. */
interface RecoveryContract extends ProxyUnderTest {
  @Test
  default void content_gets_its_id_and_a_gap_is_filled_through_the_next_link() throws Exception {
    origin()
        .route(
            "/ids",
            r -> Reply.of("")
                .with(ProxyUnderTest.reliable("ids", "1").nextLink("/ids/next").build()));
    origin().route("/ids/next", r -> {
      String last = GripRequest.read(r.headers(), List.of(proxy()), Clock.systemUTC())
          .lastIds()
          .getOrDefault("ids", "none");
      boolean gap = last.equals("2");
      String prevId = gap ? "4" : last;
      return Reply.of(gap ? "3 and 4 after 2, 100%%\n" : "")
          .with(ProxyUnderTest.reliable("ids", prevId).nextLink("/ids/next").build());
    });
    HeldResponse client = hold("/ids");
    awaitSubscribers("ids", 1);

    publish(ProxyUnderTest.numbered("ids", 2));
    client.awaitText(shown(2));
    publish(ProxyUnderTest.numbered("ids", 4));
    client.awaitContaining("3 and 4 after 2, 100%\n");
    publish(ProxyUnderTest.numbered("ids", 5));

    client.awaitText(shown(2) + "3 and 4 after 2, 100%\n" + shown(5));
  }

  /** The application's side of a channel: answers with what a client lacks of a growing list. */
  private void routeList(String channel, List<Integer> list) {
    origin()
        .route(
            "/" + channel,
            r -> Reply.of("")
                .with(ProxyUnderTest.reliable(channel, "1")
                    .nextLink("/" + channel + "/next")
                    .build()));
    origin().route("/" + channel + "/next", r -> {
      int last = Integer.parseInt(GripRequest.read(r.headers(), List.of(proxy()), Clock.systemUTC())
          .lastIds()
          .getOrDefault(channel, "0"));
      var missed = new StringBuilder();
      list.stream().filter(id -> id > last).forEach(id -> missed.append("(" + id + ")"));
      return Reply.of(missed.toString())
          .with(ProxyUnderTest.reliable(channel, "" + Math.max(last, list.get(list.size() - 1)))
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
  default void an_item_waits_for_the_one_before_it() throws Exception {
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
  default void after_waiting_in_vain_an_item_makes_clients_ask() throws Exception {
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
  default void an_item_during_the_origins_answer_is_not_missed() throws Exception {
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
  default void a_held_response_that_missed_something_is_asked_again() throws Exception {
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
  default void positions_of_several_channels_move_with_the_item_or_after_it() throws Exception {
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
  default void a_format_without_variables_is_the_same_in_every_item() throws Exception {
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
    Instruct.Builder filtered = ProxyUnderTest.reliable(channel, "1");
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
  default void an_answer_goes_through_its_own_filters_or_the_filters_before() throws Exception {
    String doubled = "100%% (";
    String once = "100% (";
    boolean asItSays = version().filtersAnAnswerAsItSays();

    turned("turned-off", true).awaitText(asItSays ? doubled : once);
    turned("turned-on", false).awaitText(asItSays ? once : doubled);
  }
}
