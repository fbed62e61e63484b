package io.gripstream.eventstream.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays what was recorded with django-eventstream behind a real Pushpin, with our plugin behind
 * one. Lists of differences as {@link GoldenTest}.
 */
@ParameterizedClass(name = "Pushpin {0}")
@MethodSource(PushpinVersion.CHOSEN)
class GoldenProxyIT {
  private static final Differences DIFFERENCES = Differences.read();

  /** The reference's with usual settings, with a prefix, and one that keeps alive each second. */
  private static Place usual;

  private static Place prefixed;
  private static Place beating;

  @Parameter
  PushpinVersion version;

  @BeforeParameterizedClassInvocation
  static void start(PushpinVersion version) {
    usual = Place.start(version, config -> {});
    prefixed = Place.start(version, config -> config.gripPrefix("pfx-"));
    beating = Place.start(version, config -> config.keepAlive(Duration.ofSeconds(1)));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    List.of(usual, prefixed, beating).forEach(Place::close);
  }

  static Stream<ProxyRecording> matched() {
    return ProxyRecording.all().filter(recording -> DIFFERENCES.areNone(recording.id()));
  }

  static Stream<ProxyRecording> different() {
    return ProxyRecording.all().filter(recording -> DIFFERENCES.has(recording.id()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("matched")
  void is_as_recorded(ProxyRecording recording) {
    assertThat(replay(recording, true, Duration.ofSeconds(15))).isEqualTo(recording.got());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("different")
  void differs_as_documented(ProxyRecording recording) {
    assertThat(replay(recording, false, Duration.ofMillis(300))).isNotEqualTo(recording.got());
  }

  private static Map<String, Exchange> replay(
      ProxyRecording recording, boolean isSame, Duration patience) {
    Place place = recording.hasPrefix() ? prefixed : recording.beats() ? beating : usual;
    return recording.replay(place.application, place.proxy.uri(), isSame, patience);
  }

  /** An application and its proxy. */
  private record Place(Application application, Pushpin proxy) {
    static Place start(PushpinVersion version, Consumer<EventStreamConfig> settings) {
      int port = Ports.free(1).get(0);
      Pushpin proxy = Pushpin.builder()
          .version(version)
          .handlerSetting("message_wait", "1000")
          .route("* 127.0.0.1:" + port)
          .start();
      Application application = Application.start(port, config -> {
        config.proxy(proxy.gripUrl()).clock(Clock.systemUTC());
        settings.accept(config);
      });
      proxy.awaitStream("/events?channel=ready");
      return new Place(application, proxy);
    }

    void close() {
      application.close();
      proxy.close();
    }
  }
}
