package io.gripstream.eventstream.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.FakeProxy;
import java.time.Duration;
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
    return Stream.of("direct", "cors", "grip").flatMap(Recording::all);
  }

  static Stream<Recording> matched() {
    return recordings().filter(recording -> !DIFFERENCES.has(recording.id()));
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

  /** So that the list does not keep what is no difference any more, and no fault is copied. */
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

  @Test
  void every_documented_difference_is_of_a_recording() {
    assertThat(DIFFERENCES.unused(
            recordings().map(Recording::id).collect(Collectors.toUnmodifiableSet())))
        .isEmpty();
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
