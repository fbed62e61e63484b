package io.gripstream.grip.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.Pushpin;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CourierIT {

  private static Delivery delivery(byte[] json) {
    return new Delivery("a", json, 0, new CompletableFuture<>());
  }

  /** No {@link Item} can be built that Pushpin rejects, so the bad one is made by hand. */
  @Test
  void a_real_pushpin_rejects_only_the_bad_item() {
    try (Pushpin pushpin = Pushpin.builder().route("* test").start()) {
      PublishOptions options = PublishOptions.DEFAULT;
      var courier = new Courier(
          pushpin.proxy(),
          new ControlClient(pushpin.proxy(), options),
          new HealthLog(pushpin.proxy(), Clock.systemUTC()),
          options);
      List<Delivery> batch = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        batch.add(delivery(Item.stream("good-" + i, "x").toJson()));
      }
      batch.set(13, delivery("{\"channel\":5}".getBytes(StandardCharsets.US_ASCII)));

      Courier.Report report = courier.carry(batch);

      assertThat(report.unsent()).isEmpty();
      assertThat(report.settled()).extracting(Courier.Settled::delivery).isEqualTo(batch);
      for (int i = 0; i < 20; i++) {
        PublishException error = report.settled().get(i).error();
        if (i == 13) {
          assertThat(error).isNotNull().hasMessageContaining("answered 400: ");
          assertThat(error.kind()).isEqualTo(PublishException.Kind.REJECTED);
        } else {
          assertThat(error).isNull();
        }
      }
      List<String> published = pushpin
          .log()
          .lines()
          .filter(line -> line.contains("publish channel="))
          .toList();
      assertThat(published).hasSize(19);
      assertThat(published.get(18)).contains("channel=good-19");
    }
  }
}
