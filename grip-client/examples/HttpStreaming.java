import io.gripstream.grip.Instruct;
import io.gripstream.grip.KeepAlive;
import io.gripstream.grip.javalin.Grip;
import io.gripstream.grip.javalin.GripPlugin;
import io.gripstream.grip.publish.Item;
import io.javalin.Javalin;
import java.time.Duration;
import java.util.Map;

/** Clients of /stream get every line that is posted to /publish. */
public final class HttpStreaming {

  public static void main(String[] args) {
    Map<String, String> env = System.getenv();
    Javalin.create(
            config -> {
              config.registerPlugin(new GripPlugin(grip -> grip.proxiesFromEnvironment(env)));

              config.routes.get(
                  "/stream",
                  ctx -> {
                    Grip.of(ctx)
                        .answerWith(
                            Instruct.stream()
                                .channel("news")
                                .keepAlive(KeepAlive.of("\n", Duration.ofSeconds(20)))
                                .build());
                    ctx.contentType("text/plain").result("[stream open]\n");
                  });

              config.routes.post(
                  "/publish",
                  ctx -> {
                    Item line = Item.stream("news", ctx.body() + "\n");
                    Grip.of(ctx).publisher().publishAndWait(line).orThrow();
                    ctx.result("Published\n");
                  });
            })
        .start("127.0.0.1", Integer.parseInt(env.getOrDefault("PORT", "8080")));
  }
}
