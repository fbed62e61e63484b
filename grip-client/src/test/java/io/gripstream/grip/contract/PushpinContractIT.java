package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.GripProxy;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass(name = "Pushpin {0}")
@MethodSource(PushpinVersion.CHOSEN)
class PushpinContractIT extends ProxyContract {

  private static TestOrigin origin;
  private static Pushpin pushpin;

  @Parameter
  PushpinVersion version;

  @BeforeParameterizedClassInvocation
  static void start(PushpinVersion version) {
    origin = new TestOrigin();
    pushpin = Pushpin.builder()
        .version(version)
        .route("* 127.0.0.1:" + origin.port())
        .readyPath("/ready")
        .handlerSetting("message_wait", "1000")
        .logLevel(3)
        .start();
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    pushpin.close();
    origin.close();
  }

  @Override
  public TestOrigin origin() {
    return origin;
  }

  @Override
  public URI uri() {
    return pushpin.uri();
  }

  @Override
  public GripProxy proxy() {
    return pushpin.proxy();
  }

  @Override
  public PushpinVersion version() {
    return version;
  }

  /** Pushpin has no question for this, but it logs each subscription, as UTF-8. */
  @Override
  public void awaitSubscribers(String channel, int count) throws InterruptedException {
    String firstLine = channel.lines().findFirst().orElseThrow();
    String line = "channel="
        + new String(firstLine.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (count(pushpin.log(), line) < count) {
      assertThat(System.nanoTime()).as("subscribers of " + channel).isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static long count(String log, String line) {
    return log.lines()
        .filter(l -> l.contains(" subscribe ") && l.contains(line))
        .count();
  }
}
