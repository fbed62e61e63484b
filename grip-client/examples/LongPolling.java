import io.gripstream.grip.Channel;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.javalin.Grip;
import io.gripstream.grip.javalin.GripPlugin;
import io.gripstream.grip.publish.Format;
import io.gripstream.grip.publish.Item;
import io.javalin.Javalin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A value with a version. A client that sends the version it has (If-None-Match) waits until there
 * is a newer one, or gets 304 after 10 seconds.
 */
public final class LongPolling {

  record Value(int version, String text) {
    String etag() {
      return "\"" + version + "\"";
    }

    Value next(String text) {
      return new Value(version + 1, text);
    }
  }

  public static void main(String[] args) {
    Map<String, String> env = System.getenv();
    var value = new AtomicReference<>(new Value(1, "first"));
    Javalin.create(
            config -> {
              config.registerPlugin(new GripPlugin(grip -> grip.proxiesFromEnvironment(env)));

              config.routes.get(
                  "/value",
                  ctx -> {
                    Value now = value.get();
                    ctx.header("ETag", now.etag()).contentType("text/plain");
                    if (!now.etag().equals(ctx.header("If-None-Match"))) {
                      ctx.result(now.text());
                      return;
                    }
                    // Behind a proxy the 304 waits; the plugin sends it as Grip-Status, since a
                    // server drops the body and half of the headers of a 304.
                    Channel channel = Channel.of("value").withPrevId("v" + now.version());
                    Grip.of(ctx)
                        .answerWith(
                            Instruct.response()
                                .channel(channel)
                                .timeout(Duration.ofSeconds(10))
                                .build());
                    ctx.status(304);
                  });

              config.routes.post(
                  "/value",
                  ctx -> {
                    Value now = value.updateAndGet(old -> old.next(ctx.body()));
                    // Who has the version before gets this one; who has an older one asks again.
                    Item item =
                        Item.builder("value")
                            .id("v" + now.version())
                            .prevId("v" + (now.version() - 1))
                            .format(
                                new Format.HttpResponse(
                                    200,
                                    null,
                                    List.of(Map.entry("ETag", now.etag())),
                                    now.text().getBytes(StandardCharsets.UTF_8),
                                    null))
                            .build();
                    Grip.of(ctx).publisher().publishAndWait(item).orThrow();
                    ctx.result(now.etag() + "\n");
                  });
            })
        .start("127.0.0.1", Integer.parseInt(env.getOrDefault("PORT", "8080")));
  }
}
