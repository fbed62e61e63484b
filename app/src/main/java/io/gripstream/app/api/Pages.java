package io.gripstream.app.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * The console, the demos and the description of the API: files of the jar, each under a fixed path.
 */
final class Pages {
  private static final String HTML = "text/html; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String ICON = "image/svg+xml";
  private static final String STYLE = "text/css; charset=utf-8";

  /** By path. */
  private static final Map<String, File> FILES = Map.of(
      "/",
      new File("web/console/index.html", HTML),
      "/console/uplot.js",
      File.ofLibrary("uplot/1.6.30/dist/uPlot.esm.js", SCRIPT),
      "/console/uplot.css",
      File.ofLibrary("uplot/1.6.30/dist/uPlot.min.css", STYLE),
      "/openapi.yaml",
      new File("web/openapi.yaml", "application/yaml; charset=utf-8"));

  /** The console's files, all in one folder. Add a new file here. */
  private static final List<String> CONSOLE = List.of(
      "app.js",
      "charts.js",
      "commands.js",
      "dom.js",
      "health.js",
      "icon.svg",
      "latency.js",
      "publish.js",
      "session.js",
      "stream.js",
      "style.css",
      "trials.js",
      "watch.js");

  /** The files of the example programs, by path. */
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
    CONSOLE.forEach(
        name -> register(routes, "/console/" + name, new File("web/console/" + name, type(name))));
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
    SafeHeaders.ofPage(ctx);
    ctx.header("Cache-Control", "no-cache");
    ctx.contentType(file.type()).result(content);
  }

  private static String type(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "js" -> SCRIPT;
      case "css" -> STYLE;
      default -> ICON;
    };
  }

  /** @param name its name below the folder of this program */
  private record File(String name, String type) {
    /** A file of a library for browsers, a WebJar. */
    static File ofLibrary(String name, String type) {
      return new File("/META-INF/resources/webjars/" + name, type);
    }

    byte[] read() {
      String path = name.startsWith("/") ? name : "/io/gripstream/app/" + name;
      try (InputStream in = Pages.class.getResourceAsStream(path)) {
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
