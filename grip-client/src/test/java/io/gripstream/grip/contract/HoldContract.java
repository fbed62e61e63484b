package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.Channel;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.KeepAlive;
import io.gripstream.grip.contract.TestOrigin.Reply;
import io.gripstream.grip.publish.Format;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.testkit.HeldResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The streams and responses that every proxy holds, and the items they get. */
interface HoldContract extends ProxyUnderTest {
  @Test
  default void stream_gets_the_answer_then_items_until_it_is_closed() throws Exception {
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
  default void held_response_is_answered_by_an_item() throws Exception {
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
  default void held_response_times_out_with_the_status_of_the_instruct() {
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

  @Test
  default void keep_alive_is_sent_when_idle() {
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
  default void binary_keep_alive_is_sent_at_an_interval() {
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
  default void hint_makes_a_stream_ask_the_origin() throws Exception {
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
  default void an_id_is_delivered_once() throws Exception {
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
  default void filters_choose_the_clients_that_get_an_item() throws Exception {
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
}
