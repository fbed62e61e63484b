package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** JSON as the application's own library writes it. */
class JsonWriterTest {
  private static final ObjectMapper JACKSON_2 = new ObjectMapper()
      .registerModule(new JavaTimeModule())
      .setPropertyNamingStrategy(com.fasterxml.jackson.databind.PropertyNamingStrategies.SNAKE_CASE)
      .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

  @TempDir
  Path directory;

  public record Order(LocalDate shippedOn, List<String> parts) {}

  private static final Order ORDER = new Order(LocalDate.of(2026, 11, 28), List.of("a\u2028b"));

  private static final class Dotted extends ValueSerializer<LocalDate> {
    @Override
    public void serialize(LocalDate day, JsonGenerator json, SerializationContext context) {
      json.writeString(day.getDayOfMonth() + "." + day.getMonthValue() + "." + day.getYear());
    }
  }

  private static JsonMapper jackson3() {
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
        .addModule(new SimpleModule().addSerializer(LocalDate.class, new Dotted()))
        .enable(tools.jackson.databind.SerializationFeature.INDENT_OUTPUT)
        .build();
  }

  static Stream<Arguments> libraries() {
    String snake = "{\"shipped_on\":\"2026-11-28\",\"parts\":[\"a\u2028b\"]}";
    String kebab = "{\n  \"shipped-on\" : \"28.11.2026\",\n  \"parts\" : [ \"a\u2028b\" ]\n}";
    return Stream.of(
        Arguments.of(library(config -> config.json(JACKSON_2::writeValueAsString)), snake),
        Arguments.of(
            library(config -> config.json(JsonWriter.ofBytes(JACKSON_2::writeValueAsBytes))),
            snake),
        Arguments.of(library(config -> config.json(jackson3())), kebab));
  }

  private static Consumer<EventStreamConfig> library(Consumer<EventStreamConfig> library) {
    return library;
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void every_door_writes_as_the_application_does(Consumer<EventStreamConfig> library, String json)
      throws Exception {
    Path file = directory.resolve("events.db");
    ChannelManager manager = new ChannelManager() {
      @Override
      public InitialEvents initialEvents(
          StreamRequest request, String user, List<String> channels) {
        return InitialEvents.of(
            new InitialEvent("state", ORDER), new InitialEvent("text", "as is"));
      }
    };
    try (StreamServer server = StreamServer.builder()
            .store(EventStores.sqlite(file))
            .configure(config -> {
              config.channelManager(manager);
              config.channelRules(channel -> channel.equals("live")
                  ? ChannelRules.DEFAULT.unreliable()
                  : ChannelRules.DEFAULT);
              library.accept(config);
            })
            .start();
        EventStream worker = EventStream.create(config -> {
          config.store(EventStores.sqlite(file));
          library.accept(config);
        });
        Connection own = DriverManager.getConnection("jdbc:sqlite:" + file);
        StreamClient client = server.open("/events?channel=a&channel=live")) {
      client.expectOpen().expectEvents(List.of(json, "as is"));

      server.events().send("live", "m", ORDER);
      client.expectEvent(json);
      server.events().send("a", "m", ORDER);
      client.expectEvent(json);
      worker.sendAsync(Draft.of("a", "m", ORDER).withSkippedUsers("bob")).join();
      client.expectEvent(json);
      own.setAutoCommit(false);
      server.events().enqueue(own, Draft.of("a", "m", ORDER));
      own.commit();
      client.expectEvent(json);
      worker.send("a", "m", new JsonText("text"));
      client.expectEvent("\"text\"");
      worker.send("a", "m", "not JSON, but text");
      client.expectEvent("not JSON, but text");
      worker.send("a", "m", null);
      client.expectEvent("null");
    }
  }

  @Test
  void text_that_is_json_already_stands_in_data_of_every_mapper_of_jackson_3() {
    JsonMapper mapper = jackson3();
    Map<String, Object> data = Map.of("a", new JsonText("[1]"));
    assertThat(JsonData.by(mapper::writeValueAsString).text(data)).isEqualTo("{\n  \"a\" : [1]\n}");
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of((JsonWriter) value -> "{\"a\":1", "returns not JSON"),
        Arguments.of((JsonWriter) value -> "NaN", "returns not JSON"),
        Arguments.of((JsonWriter) value -> "{\"a\":\"line\nbreak\"}", "returns not JSON"),
        Arguments.of((JsonWriter) value -> "[1]\0", "returns not JSON"),
        Arguments.of((JsonWriter) value -> "\ufeff[1]", "returns not JSON"),
        Arguments.of((JsonWriter) value -> "[1]\ud83d", "returns not JSON"),
        Arguments.of((JsonWriter) value -> "[1][2]", "returns not one JSON value"),
        Arguments.of((JsonWriter) value -> "", "returns not one JSON value"),
        Arguments.of((JsonWriter) value -> null, "returns null"),
        Arguments.of(
            JsonWriter.ofBytes(value -> "[\"ä\"]".getBytes(StandardCharsets.ISO_8859_1)),
            "returns bytes that are not UTF-8"),
        Arguments.of(
            JsonWriter.ofBytes(value -> "[1]".getBytes(StandardCharsets.UTF_16)),
            "returns bytes that are not UTF-8"),
        Arguments.of(
            (JsonWriter) value -> {
              throw new IOException("no way");
            },
            "writing it ends with java.io.IOException, the cause of this"),
        Arguments.of(
            (JsonWriter) value -> {
              throw new IllegalStateException();
            },
            "writing it ends with java.lang.IllegalStateException, the cause of this"),
        Arguments.of(
            (JsonWriter) value -> {
              throw new StackOverflowError();
            },
            "writing it ends with java.lang.StackOverflowError, the cause of this"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void invalid_json_is_refused_with_the_type_of_the_data(JsonWriter writer, String why) {
    try (EventStream events = EventStream.create(config -> config.json(writer))) {
      assertThatThrownBy(() -> events.send("c", "m", ORDER))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "data of type " + Order.class.getTypeName() + " cannot be written as JSON: ")
          .hasMessageEndingWith(why);
    }
  }

  @Test
  void bytes_of_another_encoding_are_refused_even_if_they_are_utf_8_by_chance() {
    byte[] utf16 = "[1]".getBytes(StandardCharsets.UTF_16LE);
    try (EventStream events =
        EventStream.create(config -> config.json(JsonWriter.ofBytes(value -> utf16)))) {
      assertThatThrownBy(() -> events.send("c", "m", ORDER))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith("returns not JSON");
    }
  }

  @Test
  void too_long_data_is_refused_like_text() {
    char[] digits = new char[300_000];
    Arrays.fill(digits, '1');
    try (EventStream events =
        EventStream.create(config -> config.json(value -> new String(digits)))) {
      assertThatThrownBy(() -> events.send("c", "m", ORDER))
          .isInstanceOf(EventTooLargeException.class);
    }
  }

  @Test
  void an_interrupt_of_the_writer_stays_one() {
    try (EventStream events = EventStream.create(config -> config.json(value -> {
      throw new InterruptedException();
    }))) {
      assertThatThrownBy(() -> events.send("c", "m", ORDER))
          .hasMessageEndingWith("its thread was interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void half_surrogates_in_strings_are_escaped_and_windows_line_ends_become_lines() {
    JsonData json = JsonData.by(value -> "{\r\n\"a\":\"\ud83d\"}");
    assertThat(json.text(new ArrayList<>())).isEqualTo("{\r\n\"a\":\"\\ud83d\"}");
  }

  @Test
  void initial_events_that_cannot_be_written_are_an_internal_error() {
    ChannelManager manager = new ChannelManager() {
      @Override
      public InitialEvents initialEvents(
          StreamRequest request, String user, List<String> channels) {
        return InitialEvents.of(new InitialEvent("state", ORDER));
      }
    };
    try (StreamServer server =
            StreamServer.start(config -> config.channelManager(manager).json(value -> "no JSON"));
        StreamClient client = server.open("/events?channel=a")) {
      client.expectError("internal-error");
      client.expectEnd();
    }
  }
}
