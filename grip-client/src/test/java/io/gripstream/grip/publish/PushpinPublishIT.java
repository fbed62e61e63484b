package io.gripstream.grip.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.Pushpin;
import java.util.List;
import org.junit.jupiter.api.Test;

class PushpinPublishIT {

  @Test
  void publishes_to_a_real_pushpin() {
    try (Pushpin pushpin = Pushpin.builder().route("* test").start();
        Publisher publisher = Publisher.create(List.of(pushpin.proxy()))) {
      publisher.publishAndWait(Item.stream("news", "data: \u0000é€😀\n\n")).orThrow();

      assertThat(publisher.proxies().get(0).check().join()).isTrue();
      publisher.proxies().get(0).recover().join();
      assertThat(publisher.proxies().get(0).health().state()).isEqualTo(ProxyHealth.State.OK);
      assertThat(pushpin.log()).contains("publish channel=news");
    }
  }
}
