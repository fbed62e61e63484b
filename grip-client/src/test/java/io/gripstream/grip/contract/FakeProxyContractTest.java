package io.gripstream.grip.contract;

import io.gripstream.grip.GripProxy;
import io.gripstream.grip.testkit.FakeProxy;
import io.gripstream.grip.testkit.PushpinVersion;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass(name = "as Pushpin {0}")
@EnumSource
class FakeProxyContractTest extends ProxyContract {

  private final TestOrigin origin = new TestOrigin();
  private final FakeProxy proxy;

  FakeProxyContractTest(PushpinVersion version) {
    proxy = FakeProxy.inFrontOf(origin.uri(), version);
  }

  @AfterEach
  void close() {
    proxy.close();
    origin.close();
  }

  @Override
  TestOrigin origin() {
    return origin;
  }

  @Override
  URI uri() {
    return proxy.uri();
  }

  @Override
  GripProxy proxy() {
    return proxy.proxy();
  }

  @Override
  PushpinVersion version() {
    return proxy.version();
  }

  @Override
  void awaitSubscribers(String channel, int count) {
    proxy.awaitSubscribers(channel, count);
  }

  @Override
  void waitBriefly() {
    proxy.messageWait(Duration.ofMillis(300));
  }

  @Override
  void waitPatiently() {
    proxy.messageWait(Duration.ofMinutes(1));
  }
}
