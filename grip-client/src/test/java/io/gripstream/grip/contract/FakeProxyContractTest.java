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
  public TestOrigin origin() {
    return origin;
  }

  @Override
  public URI uri() {
    return proxy.uri();
  }

  @Override
  public GripProxy proxy() {
    return proxy.proxy();
  }

  @Override
  public PushpinVersion version() {
    return proxy.version();
  }

  @Override
  public void awaitSubscribers(String channel, int count) {
    proxy.awaitSubscribers(channel, count);
  }

  @Override
  public void waitBriefly() {
    proxy.messageWait(Duration.ofMillis(300));
  }

  @Override
  public void waitPatiently() {
    proxy.messageWait(Duration.ofMinutes(1));
  }
}
