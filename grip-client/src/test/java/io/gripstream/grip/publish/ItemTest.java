package io.gripstream.grip.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.grip.GripPrefix;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ItemTest {

  private static String json(Item item) {
    return new String(item.toJson(), StandardCharsets.UTF_8);
  }

  @Test
  void has_only_the_members_that_are_set() {
    assertThat(json(Item.stream("a", "x")))
        .isEqualTo("{\"channel\":\"a\",\"formats\":{\"http-stream\":{\"content\":\"x\"}}}");
  }

  @Test
  void has_ids_meta_and_every_format() {
    Item item = Item.builder("a")
        .id("2")
        .prevId("1")
        .noSeq()
        .meta("skip_users", "u1,u2")
        .format(new Format.HttpStream(new byte[] {'x'}, List.of("build-id")))
        .format(new Format.HttpResponse(
            201,
            "Made",
            List.of(Map.entry("X", "1"), Map.entry("X", "2")),
            new byte[] {-1},
            List.of()))
        .format(new Format.WsMessage(Format.WsMessage.Type.BINARY, new byte[] {'a'}, null))
        .build();

    assertThat(json(item)).isEqualTo("""
            {"channel":"a","id":"2","prev-id":"1","no-seq":true,"meta":{"skip_users":"u1,u2"},"formats":{\
            "http-stream":{"content":"x","content-filters":["build-id"]},\
            "http-response":{"code":201,"reason":"Made","headers":[["X","1"],["X","2"]],"body-bin":"/w==","content-filters":[]},\
            "ws-message":{"type":"binary","content-bin":"YQ=="}}}""");
  }

  @Test
  void has_actions_and_patches() {
    assertThat(json(Item.builder("a")
            .closeStream()
            .format(new Format.WsClose(1001, "bye"))
            .build()))
        .contains("\"http-stream\":{\"action\":\"close\"}")
        .contains("\"ws-message\":{\"action\":\"close\",\"code\":1001,\"reason\":\"bye\"}");
    assertThat(json(Item.builder("a").hint().build()))
        .contains("\"http-stream\":{\"action\":\"hint\"},\"http-response\":{\"action\":\"hint\"}");
    String patch = "[{\"op\":\"replace\",\"path\":\"/n\",\"value\":1}]";
    assertThat(json(Item.builder("a")
            .format(new Format.HttpResponsePatch(200, null, List.of(), patch))
            .build()))
        .contains("\"http-response\":{\"code\":200,\"body-patch\":" + patch + "}");
  }

  @Test
  void text_keeps_every_character() {
    String text = "\u0000\u0001\t\r\n\"\\/\u007f\u0085é€\u2028\ufffd😀\uffff";

    assertThat(json(Item.stream("a", text)))
        .contains("\\u0000\\u0001\\t\\r\\n\\\"\\\\/\u007f\u0085é€")
        .contains("\ufffd😀");
    assertThat(json(
            Item.builder("a").stream("\ufffd".getBytes(StandardCharsets.UTF_8)).build()))
        .contains("\"content\":\"\ufffd\"");
    assertThat(json(Item.builder("a").stream(new byte[] {(byte) 0xc3}).build()))
        .contains("\"content-bin\":\"ww==\"");
  }

  @Test
  void content_at_most_doubles_its_length_as_json() {
    for (String text :
        List.of("\u0001", "\u0001\u0002ab", "\"", "\n", "\\", "x", "ä", "\u007f", "😀")) {
      Item item = Item.stream("a", text.repeat(10_000));

      assertThat(item.toJson().length)
          .as(text)
          .isLessThan(2 * text.getBytes(StandardCharsets.UTF_8).length * 10_000 + 100);
    }
    assertThat(json(Item.stream("a", "\u0001\u0002\u0003"))).contains("\"content-bin\":\"AQID\"");
  }

  @Test
  void prefix_goes_before_channel_and_require_sub() {
    Item item = Item.builder("a").meta("require_sub", "b").meta("sender", "c").stream("x")
        .build();

    assertThat(json(item.withPrefix(new GripPrefix("p-"))))
        .contains("\"channel\":\"p-a\"")
        .contains("\"require_sub\":\"p-b\"")
        .contains("\"sender\":\"c\"");
    assertThat(item.withPrefix(GripPrefix.NONE)).isSameAs(item);
  }

  @Test
  void refuses_items_that_the_proxy_would_reject_or_drop() {
    assertThatThrownBy(() -> Item.builder("a").build()).hasMessageContaining("at least one format");
    assertThatThrownBy(() -> Item.stream("", "x")).hasMessage("channel must not be empty");
    assertThatThrownBy(() -> Item.stream("a", "\udc00")).hasMessageContaining("content has half");
    assertThatThrownBy(() -> Item.builder("a").id("").stream("x").build())
        .hasMessage("id must not be empty");
    assertThatThrownBy(() -> Item.builder("a").prevId("1,2").stream("x").build())
        .hasMessageStartingWith("prev-id \"1,2\" has a control character, ',' or ';'");
    assertThatThrownBy(() -> Item.builder("a").stream("x").closeStream().build())
        .hasMessage("an item has two formats of kind HTTP_STREAM");
    assertThatThrownBy(() -> new Format.WsClose(1005, null)).hasMessageContaining("1005");
    assertThatThrownBy(() -> new Format.WsClose(1000, "é".repeat(62)))
        .hasMessageContaining("123 bytes");
    assertThatThrownBy(
            () -> new Format.WsMessage(Format.WsMessage.Type.TEXT, new byte[] {-1}, null))
        .hasMessageContaining("UTF-8");
    assertThatThrownBy(() -> new Format.WsMessage(Format.WsMessage.Type.PING, new byte[126], null))
        .hasMessageContaining("at most 125 bytes");
    assertThatThrownBy(() -> new Format.HttpResponsePatch(200, null, List.of(), "{}"))
        .hasMessage("patch is not a JSON array");
    assertThatThrownBy(() -> new Format.HttpResponsePatch(200, null, List.of(), "[1] x"))
        .hasMessage("patch is not JSON, at column 5");
    assertThatThrownBy(() -> new Format.HttpResponse(
            200, null, List.of(Map.entry("a", "b\r\nc")), new byte[0], null))
        .hasMessage("header a \"b\\u000d\\u000ac\" has a control character");
    assertThatThrownBy(() -> new Format.HttpResponse(99, null, List.of(), new byte[0], null))
        .hasMessageContaining("99");
  }
}
