package io.gripstream.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.app.server.TestServer;
import io.gripstream.app.server.TestServer.Answer;
import io.gripstream.eventstream.testkit.StreamClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Publishing over HTTP, one event and many, and the answers to mistakes. */
class PublishApiTest {
  private static final String KEY = "3f9a8b7c6d5e4f3a2b1c";
  private static final String NARROW = "narrow-0123456789ab";

  @TempDir
  Path directory;

  private TestServer server;

  @BeforeEach
  void start() throws java.io.IOException {
    server = TestServer.start(Map.of(
        "DATABASE_URL", "jdbc:sqlite:" + directory.resolve("events.db"),
        "GRIPSTREAM_API_KEYS", KEY + "," + NARROW,
        "GRIPSTREAM_CHANNEL_RULES", "[{channels: 'lossy-*', reliable: false}]",
        "GRIPSTREAM_MAX_BODY_BYTES", "1000000",
        "GRIPSTREAM_MAX_BATCH_ITEMS", "1000"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void an_event_gets_id_and_position_and_reaches_a_stream() {
    try (StreamClient client = StreamClient.open(URI.create(server.url() + "/events/news"))) {
      client.expectOpen();

      Answer answer =
          publish("{\"channel\":\"news\",\"data\":{\"text\":\"héllo\",\"price\":1.10}}");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().get("channel").stringValue()).isEqualTo("news");
      assertThat(answer.json().get("id").longValue()).isEqualTo(1);
      assertThat(answer.json().get("position").stringValue()).startsWith("news:1,.:");
      assertThat(client.expectEvent("{\"text\":\"héllo\",\"price\":1.10}").type())
          .isEqualTo("message");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      "text"               | text
      "two\\nlines"        | two^lines
      1.10                 | 1.10
      12345678901234567890 | 12345678901234567890
      null                 | null
      [1, "a", {}]         | [1,"a",{}]
      [-0.0, 1e5, 1E-9999] | [-0.0,1e5,1E-9999]
      """)
  void data_is_any_json_and_a_string_its_text(String json, String data) {
    try (StreamClient client = StreamClient.open(URI.create(server.url() + "/events/news"))) {
      client.expectOpen();
      publish("{\"channel\":\"news\",\"type\":\"t\",\"data\":" + json + "}");
      assertThat(client.expectEvent(data.replace('^', '\n')).type()).isEqualTo("t");
    }
  }

  @Test
  void an_unreliable_channel_has_neither_id_nor_position() {
    Answer answer = publish("{\"channel\":\"lossy-1\",\"data\":1}");

    assertThat(answer.json().get("id").isNull()).isTrue();
    assertThat(answer.json().get("position").isNull()).isTrue();
  }

  @Test
  void the_same_key_is_the_same_event() {
    String event = "{\"channel\":\"news\",\"data\":1,\"idempotency_key\":\"once\"}";

    String first = publish(event).body();
    assertThat(first).doesNotContain("repeated");
    String other =
        "{\"channel\":\"news\",\"data\":\"of somebody else\",\"idempotency_key\":\"once\"}";
    assertThat(publish(other).body()).isEqualTo(first.replace("}", ",\"repeated\":true}"));
    assertThat(publish("{\"channel\":\"news\",\"data\":2}").json().get("id").longValue())
        .isEqualTo(2);
  }

  @Test
  void event_to_several_channels_has_an_id_in_each() {
    publish("{\"channel\":\"b\",\"data\":0}");
    String event = "{\"channels\":[\"b\",\"lossy-1\",\"a\"],\"data\":1,\"idempotency_key\":\"k\"}";
    try (StreamClient client = StreamClient.open(
        URI.create(server.url() + "/events?channel=a&channel=b&channel=lossy-1"))) {
      client.expectOpen();

      String answer = publish(event).body();

      assertThat(answer)
          .startsWith("{\"ids\":{\"b\":2,\"lossy-1\":null,\"a\":1},\"position\":\"a:1,b:2,.:")
          .endsWith("\"}");
      client.expectEvents(List.of("1", "1", "1"));
      assertThat(publish(event).body()).isEqualTo(answer.replace("\"}", "\",\"repeated\":true}"));
      assertThat(publish("{\"channels\":[\"a\"],\"data\":2}").body())
          .startsWith("{\"ids\":{\"a\":2}");
      client.expectEvent("2");
    }
    assertThat(publish(event.replace("\"a\"", "\"c\"")).error())
        .isEqualTo(
            "400 bad_request: the idempotency key was used before on channel \"b\", but not on"
                + " \"c\"; repeat an event on the channels that it had, or use another key");
  }

  @Test
  void a_batch_sends_events_to_several_channels_too() {
    String lines = "{\"channels\":[\"a\",\"b\"],\"data\":1}\n"
        + "{\"channels\":[\"a\",\"a\"],\"data\":1}\n{\"channel\":\"b\",\"data\":1}\n";

    List<String> results = server
        .postAs("application/x-ndjson", "/api/batch", lines, "X-API-Key", KEY)
        .body()
        .lines()
        .toList();

    assertThat(results.get(0)).startsWith("{\"ids\":{\"a\":1,\"b\":1},\"position\":\"a:1,b:1,");
    assertThat(results.get(1)).contains("is named twice");
    assertThat(results.get(2)).startsWith("{\"channel\":\"b\",\"id\":2,");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {"data":1}                                      | 400 bad_request: field "channel" is missing
      {"channel":"a"}                                 | 400 bad_request: field "data" is missing
      {"channel":7,"data":1}                          | 400 bad_request: field "channel" must be a string
      {"channel":"a","data":1,"typ":"x"}              | 400 bad_request: unknown field "typ"; did you mean type?
      {"channel":"a","data":1,"type":"stream-open"}   | 400 bad_request: event type "stream-open" is reserved for the stream itself; choose another name
      {"channel":"a","data":1,"type":"a\\nb"}         | 400 bad_request: event type has U+000A at index 1; CR, LF and NUL cannot be written in an SSE field
      {"channel":"a","data":1,"type":" x"}            | 400 bad_request: event type " x" has white space at its start or end, which an SSE parser removes
      {"channel":"a","data":1,"type":"a\\u202eb"}     | 400 bad_request: event type has U+202E at index 1, which is invisible or changes how text is displayed
      {"channel":"a\\u2028","data":1}                 | 400 bad_request: channel name has U+2028 at index 1, which is invisible or changes how text is displayed
      {"channel":"","data":1}                         | 400 bad_request: channel name is empty
      {"channel":"a","data":1,"skip_user_ids":"me"}   | 400 bad_request: field "skip_user_ids" must be a list of strings
      {"channel":"a","data":1,"channel":"b"}          | 400 bad_request: it has a name twice in one object, at column 34
      {"channels":["a"],"channel":"a","data":1}       | 400 bad_request: fields "channel" and "channels" cannot be used together
      {"channels":"a","data":1}                       | 400 bad_request: field "channels" must be a list of strings
      {"channels":["a",1],"data":1}                   | 400 bad_request: field "channels" must be a list of strings
      {"channels":[],"data":1}                        | 400 bad_request: the event has no channel; it needs at least one
      {"channels":["a","b","a"],"data":1}             | 400 bad_request: channel "a" is named twice; name each channel once
      {"channel":"a","data":1                         | 400 bad_request: it is not JSON, at column 24
      {"channel":"a","data":1} x                      | 400 bad_request: it is not JSON, at column 26
      [1]                                             | 400 bad_request: an event is a JSON object with channel, channels, type, data, skip_user_ids, idempotency_key
      ~~                                              | 400 bad_request: there is no JSON, the text is empty
      """)
  void an_invalid_event_is_refused_with_its_reason(String body, String error) {
    assertThat(publish(body == null ? "" : body).error()).isEqualTo(error);
  }

  @Test
  void skipped_users_are_bounded_in_number_and_bytes_and_count_in_the_event() {
    assertThat(publish(skipping(1_000, "u", "x")).status()).isEqualTo(200);
    assertThat(publish(skipping(1_001, "u", "x")).error())
        .isEqualTo("400 bad_request: the event skips more than 1000 users;"
            + " to reach some users only, give them a channel");
    assertThat(publish(skipping(200, "u".repeat(200), "x")).error())
        .matches("400 bad_request: the users that the event skips have \\d+ bytes together,"
            + " more than 32768; .*");
    assertThat(publish(skipping(0, "u", "x".repeat(250_000))).status()).isEqualTo(200);
    assertThat(publish(skipping(100, "u".repeat(200), "x".repeat(250_000))).error())
        .matches("413 too_large: the event has 27\\d+ bytes when encoded, more than 262144 .*");
  }

  private static String skipping(int users, String name, String data) {
    String list = java.util.stream.IntStream.range(0, users)
        .mapToObj(i -> '"' + name + i + '"')
        .collect(java.util.stream.Collectors.joining(","));
    return "{\"channel\":\"a\",\"data\":\"" + data + "\",\"skip_user_ids\":[" + list + "]}";
  }

  @Test
  void sizes_are_bounded() {
    assertThat(publish("{\"channel\":\"a\",\"data\":\"" + "x".repeat(300_000) + "\"}")
            .error())
        .matches(
            "413 too_large: the event has \\d+ bytes when encoded, more than 262144 \\(max_event_bytes\\)");
    assertThat(publish(" ".repeat(1_000_001)).error())
        .isEqualTo("413 too_large: the body is longer than 1000000 bytes (max_body_bytes)");
    assertThat(server
            .post("/api/batch", "[" + "1,".repeat(1_000) + "1]", "X-API-Key", KEY)
            .error())
        .isEqualTo("413 too_large: the batch has more than 1000 events (max_batch_items)");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {"channel":"a","data":1}   | it is not a JSON array
      [                          | it is not JSON, at column 2
      [{"channel":"a","data":1}  | it is not JSON, at column 26
      [] []                      | something follows the JSON array
      ~~                         | there is no JSON, the text is empty
      """)
  void an_invalid_batch_publishes_nothing(String body, String reason) {
    String given = body == null ? "" : body;
    assertThat(server.post("/api/batch", given, "X-API-Key", KEY).error())
        .isEqualTo("400 bad_request: " + reason);
    assertThat(server.get("/api/history?channel=a", "X-API-Key", KEY).json().get("events"))
        .isEmpty();
  }

  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("{\"x\":-0.0,\"y\":1e5,\"z\":1.10}", null),
        Arguments.of(
            "[0.0, -0 ,1E+5,\t1e9999999999, 123456789012345678901234567890]",
            "[0.0,-0,1E+5,1e9999999999,123456789012345678901234567890]"),
        Arguments.of("1.50", null),
        Arguments.of("{\n  \"a\" : { } ,\n  \"b\" : [ ]\n}", "{\"a\":{},\"b\":[]}"),
        Arguments.of(
            "{\"s\":\"\\ud83d\",\"t\":[\"\\ude00!\"]}", "{\"s\":\"\\ud83d\",\"t\":[\"\\ude00!\"]}"),
        Arguments.of("[\"\\ud83d\\ude00 \\u00e9\",true,null]", "[\"\ud83d\ude00 é\",true,null]"),
        Arguments.of("\"as text\\n1.10\"", "as text\n1.10"),
        Arguments.of("[".repeat(499) + "]".repeat(499), null),
        Arguments.of("null", null));
  }

  /** Unlike in a string, see {@code texts}; the differences page says so. */
  @Test
  void half_a_surrogate_in_the_name_of_a_property_is_refused() {
    assertThat(publish("{\"channel\":\"a\",\"data\":{\"\\ud83d\":1}}").error())
        .startsWith("400 bad_request: ");
  }

  @ParameterizedTest
  @MethodSource("texts")
  void data_goes_on_with_every_character_of_its_numbers(String data, @Nullable String sent) {
    String event = "{\"channel\":\"a\",\"data\":" + data + "}";
    String line = event.replace('\n', ' ');
    String expected = sent == null ? data : sent;
    try (StreamClient client = StreamClient.open(URI.create(server.url() + "/events/a"))) {
      client.expectOpen();

      assertThat(publish(event).status()).isEqualTo(200);
      String array = "\ufeff[" + event + " , " + event + "]";
      assertThat(server.post("/api/batch", array, "X-API-Key", KEY).body()).doesNotContain("error");
      assertThat(server
              .postAs("application/x-ndjson", "/api/batch", line + "\n", "X-API-Key", KEY)
              .body())
          .doesNotContain("error");

      client.expectEvents(List.of(expected, expected, expected, expected));
    }
  }

  @Test
  void an_item_that_is_broken_spoils_nothing_but_itself() {
    String good = "{\"channel\":\"a\",\"data\":1}";
    Answer answer = server.post(
        "/api/batch",
        "[" + good + ",{\"channel\":\"a\",\"data\":{\"x\":1,\"x\":2}},\"text\", 17 ,1"
            + "0".repeat(1_001) + "," + "[".repeat(600) + "]".repeat(600) + "," + good + "]",
        "X-API-Key",
        KEY);

    assertThat(answer.status()).isEqualTo(200);
    List<String> told = new ArrayList<>();
    answer.json().forEach(item -> told.add(item.toString()));
    String noObject = "an event is a JSON object with";
    assertThat(told).hasSize(7);
    assertThat(told.get(0)).contains("\"id\":1");
    assertThat(told.get(1)).contains("it has a name twice in one object");
    assertThat(told.get(2)).contains(noObject);
    assertThat(told.get(3)).contains(noObject);
    assertThat(told.get(4)).contains("it has a number of more than 1,000 digits");
    assertThat(told.get(5)).contains(noObject);
    assertThat(told.get(6)).contains("\"id\":2");
  }

  @Test
  void json_is_utf_8() {
    byte[] utf16 = "{\"channel\":\"a\",\"data\":1}".getBytes(StandardCharsets.UTF_16LE);
    assertThatThrownBy(() -> DraftReader.read(utf16)).hasMessageStartingWith("it is not JSON");
    assertThatThrownBy(() -> Slice.items(utf16, 1)).hasMessageStartingWith("it is not ");
  }

  @Test
  void a_body_that_unfolds_into_much_is_refused() {
    String deep = "[".repeat(100_000);
    assertThat(publish("{\"channel\":\"a\",\"data\":" + deep).error())
        .startsWith("400 bad_request: it is nested deeper than 500 levels");
    assertThat(server.post("/api/batch", deep, "X-API-Key", KEY).error())
        .startsWith("400 bad_request: it is not JSON");
    assertThat(
            publish("{\"channel\":\"a\",\"data\":1" + "0".repeat(1_000) + "}").error())
        .startsWith("400 bad_request: it has a number of more than 1,000 digits");
    assertThat(publish("{\"channel\":\"a\",\"data\":1." + "0".repeat(100_000) + "}")
            .error())
        .startsWith("400 bad_request: it has a number of more than 1,000 digits");
    assertThat(publish("{\"" + "x".repeat(60_000) + "\":1}").error())
        .startsWith("400 bad_request: it has a name of more than 50,000 characters");
    assertThat(publish("{\"channel\":\"a\",\"data\":1e1000000000}").status()).isEqualTo(200);
    assertThat(server
            .postAs("application/x-ndjson", "/api/batch", "1\n".repeat(1_001), "X-API-Key", KEY)
            .error())
        .isEqualTo("413 too_large: the batch has more than 1000 events (max_batch_items)");
  }

  @Test
  void only_json_is_taken() {
    assertThat(
            server.postAs("text/plain", "/api/publish", "{}", "X-API-Key", KEY).error())
        .isEqualTo("415 unsupported_media_type: Content-Type must be application/json");
    assertThat(server.postAs("text/plain", "/api/batch", "{}", "X-API-Key", KEY).error())
        .isEqualTo(
            "415 unsupported_media_type: Content-Type must be application/json or application/x-ndjson");
  }

  @Test
  void a_batch_has_a_result_for_each_in_order() {
    JsonNode results = server
        .post(
            "/api/batch",
            "[{\"channel\":\"a\",\"data\":1},{\"channel\":\"a\"},{\"channel\":\"b\",\"data\":2},{\"channel\":\"a\",\"data\":3}]",
            "X-API-Key",
            KEY)
        .json();

    assertThat(results).hasSize(4);
    assertThat(results.get(0).get("id").longValue()).isEqualTo(1);
    assertThat(results.get(1).at("/error/message").stringValue())
        .isEqualTo("field \"data\" is missing");
    assertThat(results.get(2).get("channel").stringValue()).isEqualTo("b");
    assertThat(results.get(3).get("id").longValue()).isEqualTo(2);
  }

  @Test
  void lines_are_answered_by_lines_and_a_broken_one_spoils_itself_only() {
    Answer answer = server.postAs(
        "application/x-ndjson",
        "/api/batch",
        "{\"channel\":\"a\",\"data\":1}\r\n\n{\"channel\":\n{\"channel\":\"a\",\"data\":2}",
        "X-API-Key",
        KEY);

    assertThat(answer.header("content-type")).startsWith("application/x-ndjson");
    assertThat(answer.body().lines()).hasSize(3);
    assertThat(answer.body().lines().toList().get(1))
        .isEqualTo(
            "{\"error\":{\"code\":\"bad_request\",\"message\":\"it is not JSON, at column 12\"}}");
    assertThat(answer.body().lines().toList().get(2)).contains("\"id\":2");
  }

  @Test
  void an_unknown_path_is_404() {
    assertThat(server.get("/api/nothing").error())
        .isEqualTo(
            "404 not_found: there is nothing at this path with this method; see /openapi.yaml");
    assertThat(server.get("/api/publish").status()).isEqualTo(404);
  }

  private Answer publish(String body) {
    return server.post("/api/publish", body, "X-API-Key", KEY);
  }
}
