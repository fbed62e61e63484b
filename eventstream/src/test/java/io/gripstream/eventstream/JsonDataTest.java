package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Edge cases of data that applications send as JSON. */
class JsonDataTest {
  private record Reading(double value) {}

  private record Weak(float value) {}

  static final List<Object> NO_NUMBERS = List.of(
      Double.NaN,
      Float.NaN,
      Map.of("x", Double.NaN),
      Map.of("x", List.of(1, Double.POSITIVE_INFINITY)),
      new double[] {1, Double.NEGATIVE_INFINITY},
      new float[] {Float.NaN},
      new Reading(Double.NaN),
      new Weak(Float.POSITIVE_INFINITY),
      new JsonText(Double.NaN),
      Map.of("x", new JsonText(Double.NaN)));

  @ParameterizedTest
  @FieldSource("NO_NUMBERS")
  void a_value_that_is_not_a_number_is_refused(Object data) {
    try (EventStream events = EventStream.create(config -> {})) {
      assertThatThrownBy(() -> events.send("c", "m", data))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("data of type \\S+ cannot be written as JSON: .*")
          .hasMessageContaining(" is not a number in JSON");
    }
  }

  static Stream<Arguments> pieces() {
    return Stream.of(
        Arguments.of(new JsonText("[1]"), "{\"a\":[1]}"),
        Arguments.of(new JsonText("1.10"), "{\"a\":1.10}"),
        Arguments.of(new JsonText("\"text\""), "{\"a\":\"text\"}"),
        Arguments.of(new JsonText(Map.of("b", 1)), "{\"a\":{\"b\":1}}"),
        Arguments.of(new JsonText(new JsonText("{}")), "{\"a\":{}}"),
        Arguments.of(List.of(new JsonText("1"), new JsonText(2)), "{\"a\":[1,2]}"),
        Arguments.of(new double[] {1.5, -0.0}, "{\"a\":[1.5,-0.0]}"),
        Arguments.of(new BigDecimal("1.10"), "{\"a\":1.10}"),
        Arguments.of("\ud83d", "{\"a\":\"\\ud83d\"}"),
        Arguments.of("\ude00\ud83d\ude00\ud83d", "{\"a\":\"\\ude00\ud83d\ude00\\ud83d\"}"));
  }

  @ParameterizedTest
  @MethodSource("pieces")
  void json_text_is_inserted_in_place(Object piece, String json) {
    assertThat(JsonData.DEFAULT.write(Map.of("a", piece))).isEqualTo(json);
  }

  @Test
  void invalid_json_is_refused_inside_data_too() {
    for (String text : List.of("", " ", "[1", "1 2", "x", "{\"a\":1}}")) {
      assertThatThrownBy(() -> JsonData.DEFAULT.write(List.of(new JsonText(text))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(" cannot be written as JSON: a JsonText in it is not ");
    }
  }

  @Test
  void null_is_written_and_a_circle_is_refused() {
    assertThat(JsonData.DEFAULT.write(null)).isEqualTo("null");
    assertThat(JsonData.DEFAULT.write(Collections.singletonMap("a", new JsonText(null))))
        .isEqualTo("{\"a\":null}");
    List<Object> circle = new ArrayList<>();
    circle.add(circle);
    assertThatThrownBy(() -> JsonData.DEFAULT.write(circle))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "data of type java.util.ArrayList cannot be written as JSON: it is nested too deeply; does it contain itself?");
  }

  /** Two values of one name. */
  private record Ambiguous(@JsonProperty("x") int first, int x) {
    @JsonProperty("x")
    public int second() {
      return x;
    }
  }

  private record Broken(int part) {
    @Override
    public int part() {
      throw new IllegalStateException("secret-7");
    }
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(
            Map.of("orders", List.of(1, new Ambiguous(1, 2))),
            "reading it ends with java.lang.IllegalArgumentException, the cause of this, at orders[1]"),
        Arguments.of(Collections.singletonMap(null, 1), "a map has null as a key, at null"),
        Arguments.of(
            List.of(new Broken(1)),
            "reading it ends with java.lang.IllegalStateException, the cause of this, at [0].part"),
        Arguments.of(
            List.of(Map.of("r", new Reading(Double.NaN))),
            "NaN is not a number in JSON, at [0].r.value"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void a_refusal_names_the_place_in_own_words(Object data, String why) {
    assertThatThrownBy(() -> JsonData.DEFAULT.write(data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "data of type " + data.getClass().getTypeName() + " cannot be written as JSON: " + why);
  }
}
