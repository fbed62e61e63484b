package io.gripstream.app.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * The console, the demos and the description of the API: files of the jar, each under a fixed path.
 */
final class Pages {
  private static final String HTML = "text/html; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  /** By path. A new file is added here. */
  private static final Map<String, File> FILES = Map.of(
      "/", new File("console/index.html", HTML),
      "/console/console.js", new File("console/console.js", SCRIPT),
      "/console/style.css", new File("console/style.css", "text/css; charset=utf-8"),
      "/console/icon.svg", new File("console/icon.svg", "image/svg+xml"),
      "/demo/chat/", new File("demo/chat.html", HTML),
      "/demo/chat/chat.js", new File("demo/chat.js", SCRIPT),
      "/demo/time/", new File("demo/time.html", HTML),
      "/demo/time/time.js", new File("demo/time.js", SCRIPT),
      "/openapi.yaml", new File("openapi.yaml", "application/yaml; charset=utf-8"));

  private Pages() {}

  static void register(RoutesConfig routes) {
    FILES.forEach((path, file) -> {
      byte[] content = file.read();
      Reading.add(routes, path, ctx -> answer(ctx, file, content));
    });
  }

  private static void answer(Context ctx, File file, byte[] content) {
    // Our own scripts only, and nothing of elsewhere: what events have in them is text, never
    // markup.
    ctx.header(
        "Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'");
    ctx.header("X-Content-Type-Options", "nosniff");
    ctx.header("Referrer-Policy", "no-referrer");
    ctx.header("Cache-Control", "no-cache");
    ctx.contentType(file.type()).result(content);
  }

  private record File(String name, String type) {
    byte[] read() {
      try (InputStream in = Pages.class.getResourceAsStream("/io/gripstream/app/web/" + name)) {
        if (in == null) {
          throw new IllegalStateException("the jar lacks " + name);
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
