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
  private static final String ICON = "image/svg+xml";
  private static final String STYLE = "text/css; charset=utf-8";

  /** By path. A new file is added here. */
  private static final Map<String, File> FILES = Map.of(
      "/", new File("web/console/index.html", HTML),
      "/console/console.js", new File("web/console/console.js", SCRIPT),
      "/console/style.css", new File("web/console/style.css", STYLE),
      "/console/icon.svg", new File("web/console/icon.svg", ICON),
      "/openapi.yaml", new File("web/openapi.yaml", "application/yaml; charset=utf-8"));

  /** Those of the example programs. */
  private static final Map<String, File> DEMOS = Map.of(
      "/demo/chat/", new File("examples/chat/index.html", HTML),
      "/demo/chat/chat.js", new File("examples/chat/chat.js", SCRIPT),
      "/demo/chat/chat.css", new File("examples/chat/chat.css", STYLE),
      "/demo/chat/icon.svg", new File("examples/chat/icon.svg", ICON),
      "/demo/time/", new File("examples/time/index.html", HTML),
      "/demo/time/time.js", new File("examples/time/time.js", SCRIPT),
      "/demo/time/time.css", new File("examples/time/time.css", STYLE),
      "/demo/time/icon.svg", new File("examples/time/icon.svg", ICON));

  private Pages() {}

  static void register(RoutesConfig routes, boolean hasDemos) {
    FILES.forEach((path, file) -> register(routes, path, file));
    if (hasDemos) {
      DEMOS.forEach((path, file) -> register(routes, path, file));
    } else {
      Reading.add(routes, "/demo/*", ctx -> {
        throw new ApiException(
            ApiError.NOT_FOUND,
            "the demos are off, because a key is configured; demos: true (GRIPSTREAM_DEMOS=true)"
                + " switches them on");
      });
    }
  }

  private static void register(RoutesConfig routes, String path, File file) {
    byte[] content = file.read();
    Reading.add(routes, path, ctx -> answer(ctx, file, content));
  }

  private static void answer(Context ctx, File file, byte[] content) {
    // Only scripts of this server, nothing from elsewhere: content of events is text, never
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
      try (InputStream in = Pages.class.getResourceAsStream("/io/gripstream/app/" + name)) {
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
