package io.gripstream.grip.contract;

import io.gripstream.grip.publish.Item;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.publish.PublishOptions;
import io.gripstream.grip.testkit.HeldResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** The behaviour of every proxy. */
abstract class ProxyContract implements HoldContract, InstructContract, RecoveryContract {
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  @Override
  public HeldResponse get(String path, String... headers) {
    return open(HeldResponse.get(uri().resolve(path), headers));
  }

  @Override
  public void publish(Item item, PublishOptions options) throws Exception {
    open(ProxyPublisher.create(proxy(), options)).publish(item).get(10, TimeUnit.SECONDS);
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }
}
