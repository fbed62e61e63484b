package io.gripstream.app.log;

import io.gripstream.app.config.Settings;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Sets up logging of this process: one line per event, on standard error. */
public final class Logs {
  // An unreferenced logger forgets its level.
  private static final Logger ROOT = Logger.getLogger("");
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");
  private static final Logger OURS = Logger.getLogger("io.gripstream");

  /** The library's class that logs failures of the storage. */
  static final String OUTAGE = "io.gripstream.eventstream.internal.store.core.StorageOutage";

  private static final Logger OUTAGES = Logger.getLogger(OUTAGE);
  private static final Logger POOL = Logger.getLogger("com.zaxxer.hikari");

  private static final Logger LETTUCE = Logger.getLogger("io.lettuce");
  private static final Logger SQLITE = Logger.getLogger("org.sqlite");

  private Logs() {}

  /** For a server. */
  public static void configure(Settings.Log log) {
    Level level = switch (log.level()) {
      case "error" -> Level.SEVERE;
      case "warn" -> Level.WARNING;
      case "debug" -> Level.FINE;
      default -> Level.INFO;
    };
    configure(log.json() ? new JsonLines() : new TextLines(), level);
  }

  /** For a command run by a person or cron: only lines that need attention. */
  public static void configureForCommand() {
    configure(new TextLines(), Level.WARNING);
    // A command reports its failures itself.
    OUTAGES.setLevel(Level.OFF);
  }

  private static Handler console() {
    try {
      Handler handler = new ConsoleHandler();
      // Independent of the locale.
      handler.setEncoding("UTF-8");
      // The caller logs the reason in one line.
      handler.setFilter(
          entry -> !"Failed to start Javalin".equals(entry.getMessage()) && !isOfClient(entry));
      return handler;
    } catch (UnsupportedEncodingException e) {
      throw new AssertionError("every JVM has UTF-8", e);
    }
  }

  /**
   * Whether a client left, or was disconnected, before it had its answer: clients can cause that at
   * will.
   */
  private static boolean isOfClient(LogRecord entry) {
    return "Exception occurred while servicing http-request".equals(entry.getMessage())
        && entry.getThrown() instanceof IOException;
  }

  private static void configure(java.util.logging.Formatter lines, Level level) {
    LogManager manager = LogManager.getLogManager();
    if (manager instanceof LastingLogManager lasting) {
      lasting.clear();
    } else {
      manager.reset();
    }
    Handler handler = console();
    handler.setFormatter(lines);
    handler.setLevel(Level.ALL);
    ROOT.addHandler(handler);
    // Libraries log too much at INFO.
    ROOT.setLevel(Level.WARNING);
    // Its messages about requests quote them.
    JETTY.setLevel(Level.SEVERE);
    OURS.setLevel(level);
    OUTAGES.setLevel(null);
    // Its messages about lost connections have traces; the library's own line is enough.
    POOL.setLevel(Level.OFF);
    LETTUCE.setLevel(Level.OFF);
    // The same if its library cannot be loaded.
    SQLITE.setLevel(Level.OFF);
  }
}
