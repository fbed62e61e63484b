import io.gripstream.grip.javalin.Grip;
import io.gripstream.grip.javalin.GripPlugin;
import io.gripstream.grip.javalin.GripWebSocket;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.websocket.WebSocketMessage;
import io.javalin.Javalin;
import java.util.Map;

/** WebSockets that get back what they send, and all of them what is posted to /broadcast. */
public final class EchoRoom {

  public static void main(String[] args) {
    Map<String, String> env = System.getenv();
    Javalin.create(
            config -> {
              config.registerPlugin(new GripPlugin(grip -> grip.proxiesFromEnvironment(env)));

              // In Pushpin's routes: *,path_beg=/room 127.0.0.1:8080,over_http
              config.routes.post(
                  "/room",
                  GripWebSocket.handler(
                      (ctx, ws) -> {
                        if (ws.isOpening()) {
                          ws.accept();
                          ws.subscribe("room");
                        }
                        for (var message = ws.receive(); message != null; message = ws.receive()) {
                          if (message instanceof WebSocketMessage.Text text) {
                            ws.send("echo: " + text.text());
                          } else if (message instanceof WebSocketMessage.Binary binary) {
                            ws.send(binary.content());
                          }
                        }
                      }));

              config.routes.post(
                  "/broadcast",
                  ctx -> {
                    Item message = Item.builder("room").message(ctx.body()).build();
                    Grip.of(ctx).publisher().publishAndWait(message).orThrow();
                    ctx.result("Published\n");
                  });
            })
        .start("127.0.0.1", Integer.parseInt(env.getOrDefault("PORT", "8080")));
  }
}
