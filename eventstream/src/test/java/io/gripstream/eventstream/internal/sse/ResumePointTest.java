package io.gripstream.eventstream.internal.sse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumePointTest {
  @Test
  void nothing_said() {
    assertThat(ResumePoint.parse(null)).isEqualTo(new ResumePoint.None());
    assertThat(ResumePoint.parse("")).isEqualTo(new ResumePoint.None());
  }

  @Test
  void words() {
    assertThat(ResumePoint.parse("earliest")).isEqualTo(new ResumePoint.Earliest());
    assertThat(ResumePoint.parse("error")).isEqualTo(new ResumePoint.AfterError());
  }

  @Test
  void reads_what_a_position_writes() {
    Map<String, Long> ids = Map.of("ä b,c:d/e~f+g%\"😀", 3L, "b", 9_007_199_254_740_993L);

    assertThat(ResumePoint.parse(Position.of(ids, "x7").encode())).isEqualTo(at(ids, "x7"));
  }

  @Test
  void the_epoch_is_optional() {
    assertThat(ResumePoint.parse("a:5")).isEqualTo(at(Map.of("a", 5L), null));
  }

  @Test
  void names_need_not_be_encoded_if_unambiguous() {
    assertThat(ResumePoint.parse("a b:1")).isEqualTo(at(Map.of("a b", 1L), null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:99999999999999999999", "a:9999999999999999999"})
  void an_id_too_large_for_us_is_beyond_every_head(String text) {
    assertThat(ResumePoint.parse(text)).isEqualTo(at(Map.of("a", Long.MAX_VALUE), null));
  }

  @Test
  void the_first_of_two_pairs_for_a_channel_counts() {
    assertThat(ResumePoint.parse("a:6,b:7,a:5,.:e")).isEqualTo(at(Map.of("a", 6L, "b", 7L), "e"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage",
        ",",
        "a:1,",
        ",a:1",
        ":1",
        ".:x7",
        "a:1,.:",
        "a:1,.:x\ndata: forged",
        "a:1,.:x:y",
        "earliest,a:1"
      })
  void other_malformed_headers(String text) {
    assertThat(ResumePoint.parse(text)).isInstanceOf(ResumePoint.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:", "a:x", "a:-1", "a:+1", "a: 1", "a:0_1", "a:1.5", "a:1:2"})
  void an_invalid_id_is_unreadable_for_its_channel(String text) {
    assertThat(ResumePoint.parse(text + ",b:2"))
        .isEqualTo(new ResumePoint.At(Map.of("b", 2L), null, Set.of("a")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%zz:1", "%4:1", "%:1", "%ff:1", "%0A:1"})
  void an_invalid_channel_belongs_to_no_one(String text) {
    assertThat(ResumePoint.parse(text + ",b:2")).isEqualTo(at(Map.of("b", 2L), null));
  }

  private static ResumePoint at(Map<String, Long> ids, @Nullable String epoch) {
    return new ResumePoint.At(ids, epoch);
  }
}
