package io.gripstream.eventstream.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.FakeProxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays recorded exchanges with django-eventstream against our plugin. What differs is listed,
 * with its reason, in docs/differences-from-django-eventstream.md, and nowhere else.
 */
class GoldenTest {
  private static final Differences DIFFERENCES = Differences.read();

  private static FakeProxy proxy;

  @BeforeAll
  static void startProxy() {
    proxy = FakeProxy.start();
  }

  @AfterAll
  static void stopProxy() {
    proxy.close();
  }

  static Stream<Recording> recordings() {
    return Stream.of("direct", "cors", "grip", "grip-config").flatMap(Recording::all);
  }

  static Stream<Recording> matched() {
    return recordings().filter(recording -> DIFFERENCES.areNone(recording.id()));
  }

  static Stream<Recording> different() {
    return recordings().filter(recording -> DIFFERENCES.has(recording.id()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("matched")
  void is_as_recorded(Recording recording) {
    Exchange recorded = recorded(recording);
    try (Rehearsal ours = new Rehearsal(recording, proxy)) {
      assertThat(ours.play(recorded, Duration.ofSeconds(10))).isEqualTo(recorded);
    }
  }

  /** So that the list does not keep what is not a difference any more, and no fault is copied. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("different")
  void differs_as_documented(Recording recording) {
    Exchange recorded = recorded(recording);
    Exchange ours;
    try (Rehearsal rehearsal = new Rehearsal(recording, proxy)) {
      ours = rehearsal.play(recorded, Duration.ofMillis(300));
    } catch (IllegalArgumentException refused) {
      return;
    }
    assertThat(ours).isNotEqualTo(recorded);
    assertThat(ours.status()).isLessThan(500);
  }

  static Stream<PublishRecording> publishedAlike() {
    return PublishRecording.all().filter(recording -> DIFFERENCES.areNone(recording.id()));
  }

  static Stream<PublishRecording> publishedDifferently() {
    return PublishRecording.all().filter(recording -> DIFFERENCES.has(recording.id()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("publishedAlike")
  void publishes_as_recorded(PublishRecording recording) {
    assertThat(recording.replay(Duration.ofSeconds(10))).isEqualTo(recording.published());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("publishedDifferently")
  void publishes_differently_as_documented(PublishRecording recording) {
    PublishRecording.Published ours;
    try {
      ours = recording.replay(Duration.ofMillis(200));
    } catch (IllegalArgumentException refused) {
      return;
    }
    assertThat(ours).isNotEqualTo(recording.published());
  }

  @Test
  void every_recording_is_the_same_or_listed_once() {
    List<String> all = allIds().toList();
    assertThat(DIFFERENCES.unused(Set.copyOf(all))).isEmpty();
    assertThat(all)
        .hasSize(625)
        .doesNotHaveDuplicates()
        .noneMatch(id -> DIFFERENCES.has(id) && DIFFERENCES.isWithoutCounterpart(id));
  }

  private static Stream<String> allIds() {
    return Stream.of("direct", "cors", "grip", "grip-config", "publish", "pushpin")
        .flatMap(Recording::lines)
        .map(line -> line.get("id").asString());
  }

  private static Exchange recorded(Recording recording) {
    String body = recording.answer().segments().stream()
        .map(Recording.Segment::body)
        .collect(Collectors.joining());
    return Exchange.of(
        recording.answer().status(),
        recording.answer().headers(),
        body,
        !recording.answer().end().equals("open"));
  }
}
