import com.sun.net.httpserver.HttpServer;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.publish.Publisher;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Without a web framework: GET holds a stream, POST publishes its body to all of them. */
public final class QuickStart {

  public static void main(String[] args) throws Exception {
    Map<String, String> env = System.getenv();
    List<GripProxy> proxies = GripProxy.fromEnvironment(env);
    Publisher publisher = Publisher.create(proxies);
    Instruct hold = Instruct.stream().channel("news").build();

    int port = Integer.parseInt(env.getOrDefault("PORT", "8080"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          byte[] answer = "[open]\n".getBytes(StandardCharsets.UTF_8);
          if (exchange.getRequestMethod().equals("POST")) {
            String text = new String(body, StandardCharsets.UTF_8);
            publisher.publishAndWait(Item.stream("news", text + "\n")).orThrow();
            answer = "Published\n".getBytes(StandardCharsets.UTF_8);
          } else {
            hold.headers()
                .forEach(
                    header -> exchange.getResponseHeaders().add(header.getKey(), header.getValue()));
          }
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }
}
