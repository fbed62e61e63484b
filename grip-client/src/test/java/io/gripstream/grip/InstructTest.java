package io.gripstream.grip;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstructTest {

  private static final Channel RELIABLE = Channel.of("a").withPrevId("1");

  @Test
  void stream_has_all_headers_in_the_order_of_the_wire() {
    Instruct instruct = Instruct.stream()
        .channel(RELIABLE.withFilter(Channel.BUILD_ID).withFilter(Channel.SKIP_USERS))
        .channel("b")
        .keepAlive(KeepAlive.of(":\n\n", Duration.ofSeconds(20)))
        .nextLink("/next/abc?x=1", Duration.ofSeconds(30))
        .goneLink("/gone")
        .meta("id_format", "a:%(a)s")
        .meta("user", "say \"hi\" \\ bye, ok; =")
        .status(202, "Fine")
        .exposeHeaders("Content-Type", "X-A")
        .build();

    assertThat(instruct.headers())
        .containsExactly(
            entry("Grip-Status", "202 Fine"),
            entry("Grip-Hold", "stream"),
            entry("Grip-Channel", "a; prev-id=1; filter=build-id; filter=skip-users"),
            entry("Grip-Channel", "b"),
            entry("Grip-Set-Meta", "id_format=\"a:%(a)s\""),
            entry("Grip-Set-Meta", "user=\"say \\\"hi\\\" \\\\ bye, ok; =\""),
            entry("Grip-Keep-Alive", ":\\n\\n; format=cstring; timeout=20; mode=idle"),
            entry("Grip-Link", "</next/abc?x=1>; rel=next; timeout=30"),
            entry("Grip-Link", "</gone>; rel=gone"),
            entry("Grip-Expose-Headers", "Content-Type, X-A"));
  }

  @Test
  void response_has_a_timeout() {
    assertThat(Instruct.response()
            .channel("a")
            .timeout(Duration.ofSeconds(30))
            .status(304)
            .build()
            .headers())
        .containsExactly(
            entry("Grip-Status", "304"),
            entry("Grip-Hold", "response"),
            entry("Grip-Channel", "a"),
            entry("Grip-Timeout", "30"));
  }

  @Test
  void a_page_has_only_a_link() {
    assertThat(Instruct.none().nextLink("?page=2").build().headers())
        .containsExactly(entry("Grip-Link", "<?page=2>; rel=next"));
  }

  @Test
  void document_has_the_hold_and_the_answer_and_no_nulls() {
    Instruct instruct = Instruct.response()
        .channel(Channel.of("ä,;\"\n").withPrevId("ü").withFilter(Channel.SKIP_SELF))
        .channel("b")
        .timeout(Duration.ofSeconds(7))
        .meta("user", "Zoë \ud83d\ude00")
        .build();

    byte[] json = instruct.toJson(new Instruct.Answer(
        404, "No", List.of(Map.entry("X-A", "1")), "é".getBytes(StandardCharsets.UTF_8)));

    assertThat(new String(json, StandardCharsets.UTF_8)).isEqualTo("""
            {"hold":{"mode":"response","channels":[\
            {"name":"ä,;\\"\\n","prev-id":"ü","filters":["skip-self"]},{"name":"b"}],\
            "timeout":7,"meta":{"user":"Zoë 😀"}},\
            "response":{"code":404,"reason":"No","headers":[["X-A","1"]],"body":"é"}}""");
  }

  @Test
  void document_carries_binary_bodies_and_leaves_links_to_headers() {
    Instruct instruct = Instruct.stream()
        .channel(RELIABLE)
        .nextLink("/next")
        .keepAlive(KeepAlive.of("x", Duration.ofSeconds(9)))
        .status(201)
        .build();

    assertThat(new String(
            instruct.toJson(Instruct.Answer.ok("a/b", new byte[] {-1})), StandardCharsets.UTF_8))
        .contains(
            "\"code\":201", "\"headers\":[[\"Content-Type\",\"a/b\"]]", "\"body-bin\":\"/w==\"");
    assertThat(instruct.headersBesideJson())
        .extracting(Map.Entry::getKey)
        .containsExactly("Grip-Keep-Alive", "Grip-Link");
  }

  @Test
  void prefix_reaches_channels_and_id_format() {
    Instruct instruct = Instruct.stream()
        .channel(RELIABLE.withFilter(Channel.BUILD_ID))
        .meta(IdFormat.META, "a%%:" + IdFormat.lastIdOf("a"))
        .nextLink("/next")
        .build()
        .withPrefix(new GripPrefix("app-"));

    assertThat(instruct.headers())
        .contains(
            entry("Grip-Channel", "app-a; prev-id=1; filter=build-id"),
            entry("Grip-Set-Meta", "id_format=\"a%%:%(app-a)s\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b", "a;b", "a\"b", "ä", "a\nb", " a", "a\u007f"})
  void headers_refuse_names_that_they_cannot_carry(String name) {
    Instruct instruct = Instruct.stream().channel(name).build();

    assertThat(instruct.fitsHeaders()).isFalse();
    assertThatThrownBy(instruct::headers)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("channel \"")
        .hasMessageContaining("percent-encode");
    assertThatCode(() -> instruct.toJson(Instruct.Answer.ok("a/b", new byte[0])))
        .doesNotThrowAnyException();
  }

  @Test
  void headers_refuse_meta_that_is_not_ascii() {
    assertThatThrownBy(
            () -> Instruct.stream().channel("a").meta("user", "Zoë").build().headers())
        .hasMessage(
            "meta user is \"Zo\\u00eb\", but a Grip header carries printable ASCII only: answer with application/grip-instruct");
  }

  @Test
  void refuses_instructs_that_would_end_the_stream_later() {
    assertThatThrownBy(() -> Instruct.stream().channel(RELIABLE).build())
        .hasMessage("channel \"a\" has a prev-id, so the stream needs a next link");
    assertThatThrownBy(() ->
            Instruct.stream().channel(Channel.of("a").withFilter("build-id")).build())
        .hasMessage("channel \"a\" has the filter build-id, which needs the meta id_format");
    assertThatThrownBy(
            () -> Instruct.stream().channel("b").meta("id_format", "b:%(b)s").build())
        .hasMessage("id_format names channel \"b\", which is not held with a prev-id");
    assertThatThrownBy(
            () -> Instruct.stream().channel("a").meta("id_format", "50%").build())
        .hasMessage("id_format \"50%\" is malformed at index 2: after % comes % or (channel)s");
    assertThatThrownBy(() -> Instruct.stream().channel("a").channel(RELIABLE))
        .hasMessageContaining("channel \"a\" was given twice");
  }

  @Test
  void refuses_parts_that_do_not_belong_together() {
    assertThatThrownBy(() -> Instruct.none().build()).hasMessageContaining("needs a hold");
    assertThatThrownBy(() -> Instruct.response().nextLink("/x"))
        .hasMessageContaining("no next link");
    assertThatThrownBy(() -> Instruct.stream().timeout(Duration.ofSeconds(9)))
        .hasMessageContaining("only a response hold");
    assertThatThrownBy(
            () -> Instruct.response().keepAlive(KeepAlive.of("a", Duration.ofSeconds(9))))
        .hasMessageContaining("only a stream hold");
    assertThatThrownBy(() ->
            Instruct.none().nextLink("/x").build().toJson(Instruct.Answer.ok("a/b", new byte[0])))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refuses_links_statuses_and_times_that_the_proxy_rejects() {
    assertThatThrownBy(() -> Instruct.none().nextLink("/a,b"))
        .hasMessageContaining("next link \"/a,b\" has ',' at index 2");
    assertThatThrownBy(() -> Instruct.none().nextLink("/a>b")).hasMessageContaining("'>'");
    assertThatThrownBy(() -> Instruct.none().nextLink("/a b")).hasMessageContaining("U+0020");
    assertThatThrownBy(() -> Instruct.stream().nextLink("/a", Duration.ZERO))
        .hasMessageContaining("timeout of the next link is PT0S");
    assertThatThrownBy(() -> Instruct.stream().status(99)).hasMessageContaining("status 99");
    assertThatThrownBy(() -> Instruct.stream().status(200, "a\nb")).hasMessageContaining("reason");
    assertThatThrownBy(() -> Instruct.stream().exposeHeaders("a:b")).hasMessageContaining("token");
    assertThatThrownBy(() -> Instruct.stream().meta("a b", "")).hasMessageContaining("token");
  }
}
