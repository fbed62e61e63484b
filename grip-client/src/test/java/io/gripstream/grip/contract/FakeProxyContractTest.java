package io.gripstream.grip.contract;

import io.gripstream.grip.GripProxy;
import io.gripstream.grip.testkit.FakeProxy;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class FakeProxyContractTest extends ProxyContract {

  private final TestOrigin origin = new TestOrigin();
  private final FakeProxy proxy = FakeProxy.inFrontOf(origin.uri());

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
  void awaitSubscribers(String channel, int count) {
    proxy.awaitSubscribers(channel, count);
  }

  @Override
  void waitBriefly() {
    proxy.messageWait(Duration.ofMillis(300));
  }
}
