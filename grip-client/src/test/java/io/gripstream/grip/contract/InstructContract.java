package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.Channel;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripRequest;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.KeepAlive;
import io.gripstream.grip.contract.TestOrigin.Reply;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.publish.PublishOptions;
import io.gripstream.grip.testkit.HeldResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The other things that every proxy does as an instruct says. */
interface InstructContract extends ProxyUnderTest {
  @Test
  default void requests_are_signed_and_name_features() throws Exception {
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
  default void pages_follow_one_another() {
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
  default void document_carries_values_that_headers_cannot() throws Exception {
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
  default void prefix_is_the_same_in_instructs_and_publishes() throws Exception {
    var prefix = new GripPrefix("app-");
    origin()
        .route(
            "/prefix",
            r -> Reply.of("")
                .with(ProxyUnderTest.reliable("room", "1")
                    .channel(Channel.of("kick").withFilter(Channel.REQUIRE_SUB))
                    .nextLink("/prefix/next")
                    .build()
                    .withPrefix(prefix)));
    origin().route("/prefix/next", r -> {
      Map<String, String> last = GripRequest.read(
              r.headers(), List.of(proxy()), prefix, Clock.systemUTC())
          .lastIds();
      return Reply.of("")
          .with(ProxyUnderTest.reliable("room", last.getOrDefault("room", "lost"))
              .channel(Channel.of("kick").withFilter(Channel.REQUIRE_SUB))
              .nextLink("/prefix/next")
              .build()
              .withPrefix(prefix));
    });
    PublishOptions prefixed = PublishOptions.DEFAULT.withPrefix(prefix);
    HeldResponse client = hold("/prefix");
    awaitSubscribers("app-room", 1);

    publish(ProxyUnderTest.numbered("room", 2), prefixed);
    client.awaitText(shown(2));
    publish(Item.builder("kick").meta("require_sub", "other").closeStream().build(), prefixed);
    publish(Item.builder("kick").meta("require_sub", "room").stream("bye").build(), prefixed);
    client.awaitContaining("bye");
    publish(Item.builder("kick").meta("require_sub", "room").closeStream().build(), prefixed);

    assertThat(client.awaitEnd()).isEqualTo(shown(2) + "bye");
  }

  @Test
  default void only_exposed_headers_reach_the_client() {
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
  default void a_malformed_instruct_is_a_502() {
    origin().route("/malformed", r -> Reply.of("x").header("Grip-Hold", "Stream"));

    assertThat(get("/malformed").status()).isEqualTo(502);
  }
}
