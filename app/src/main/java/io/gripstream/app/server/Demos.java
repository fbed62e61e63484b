package io.gripstream.app.server;

import io.gripstream.app.config.Settings;
import io.gripstream.app.examples.Chat;
import io.gripstream.app.examples.Time;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.StoreOptions;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.plugin.bundled.RateLimitPlugin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.SessionHandler;
import org.eclipse.jetty.http.HttpCookie;

/**
 * The example programs below {@code /demo/}. Their storage is limited, separate from the server's,
 * and deleted at the end.
 */
final class Demos implements AutoCloseable {
  private static final Duration KEPT = Duration.ofHours(1);
  private static final int KEPT_EVENTS = 1_000;
  private static final int POSTS_PER_MINUTE = 600;

  /** Each may make a session. */
  private static final int ENTRIES_PER_HOUR = 1_000;

  /** Each may come slowly, and takes a thread of the server meanwhile. */
  private static final int FORMS_AT_ONCE = 16;

  private static final String FORM = Demos.class.getName();
  private static final Duration SESSION = Duration.ofHours(12);

  private final Path folder;
  private final Chat chat;
  private final Time time;
  private final Semaphore forms = new Semaphore(FORMS_AT_ONCE);

  private Demos(Path folder, Settings.Grip grip) {
    this.folder = folder;
    String url = "jdbc:sqlite:" + folder.resolve("chat.db");
    Retention retention = Retention.of(KEPT).withSize(KEPT_EVENTS);
    this.chat = new Chat(
        url,
        config -> proxies(config, grip)
            .store(EventStores.of(url, StoreOptions.DEFAULT.withRetention(retention))));
    this.time = new Time(config -> proxies(config, grip));
  }

  /** In a new folder among the temporary ones, which is removed at the end. */
  static Demos create(Settings.Grip grip) {
    try {
      return new Demos(Files.createTempDirectory("gripstream-demo"), grip);
    } catch (IOException e) {
      throw new UncheckedIOException("the demos need a folder for temporary files", e);
    }
  }

  private static EventStreamConfig proxies(EventStreamConfig config, Settings.Grip grip) {
    grip.proxies().forEach(proxy -> config.proxy(proxy.grip()));
    grip.trustedProxies().forEach(config::trustedProxy);
    return config.gripPrefix(grip.prefix());
  }

  void register(JavalinConfig config) {
    config.registerPlugin(new RateLimitPlugin(limit -> limit.setKeyFunction(Context::ip)));
    config.routes.before("/demo/*", Demos::limit);
    config.routes.before("/demo/*", this::begin);
    config.routes.after("/demo/*", this::end);
    config.jetty.modifyServletContextHandler(handler -> limit(handler.getSessionHandler()));
    chat.serve(config, "/demo/chat");
    time.serve(config, "/demo/time");
  }

  private static void limit(Context ctx) {
    if (ctx.method().equals(HandlerType.POST)) {
      RateLimitPlugin.Extension limit = ctx.with(RateLimitPlugin.class);
      limit.requestPerTimeUnit(POSTS_PER_MINUTE, TimeUnit.MINUTES);
      if (ctx.path().endsWith("/enter")) {
        limit.requestPerTimeUnit(ENTRIES_PER_HOUR, TimeUnit.HOURS);
      }
    }
  }

  private void begin(Context ctx) {
    if (ctx.method().equals(HandlerType.POST)) {
      if (!forms.tryAcquire()) {
        throw new HttpResponseException(429, "too many forms at once");
      }
      ctx.attribute(FORM, true);
    }
  }

  private void end(Context ctx) {
    if (ctx.attribute(FORM) != null) {
      forms.release();
    }
  }

  private static void limit(SessionHandler sessions) {
    sessions.setHttpOnly(true);
    sessions.setSameSite(HttpCookie.SameSite.STRICT);
    sessions.setMaxInactiveInterval((int) SESSION.toSeconds());
    sessions.getSessionCookieConfig().setName("gripstream_demo");
    sessions.getSessionCookieConfig().setPath("/demo/");
  }

  /** Call it after the server has stopped, and both programs with it. */
  @Override
  public void close() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("the folder of the demos cannot be removed", e);
    }
  }
}
