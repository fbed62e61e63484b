package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.testtools.Logged;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeeperTest {
  @ParameterizedTest
  @ValueSource(ints = {302, 401, 404})
  void refusal_is_said_once_and_not_taken_for_a_stream(int status) throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Javalin proxy = Javalin.create(config -> {
      config.startup.showJavalinBanner = false;
      config.routes.get("/events/~keep/{number}", ctx -> {
        asked.incrementAndGet();
        ctx.status(status).header("Location", "/login").result("no");
      });
      config.routes.get("/login", ctx -> ctx.result("Who are you?"));
    });
    proxy.start("127.0.0.1", 0);
    try (Keeper keeper =
        new Keeper(URI.create("http://127.0.0.1:" + proxy.port()), "/events", String::valueOf)) {
      String log = Logged.during(() -> {
        keeper.start();
        // All four, and again after a while.
        Eventually.eventually(() -> assertThat(asked).hasValueGreaterThan(Keeper.STREAMS));
      });

      assertThat(log.lines())
          .filteredOn(line -> line.contains("WARN"))
          .singleElement()
          .asString()
          .contains("answers " + status, "/events/~keep/", "isFollowUp");
    } finally {
      proxy.stop();
    }
  }
}
