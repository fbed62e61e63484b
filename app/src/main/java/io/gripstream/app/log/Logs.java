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
  // A logger that nobody holds on to forgets its level.
  private static final Logger ROOT = Logger.getLogger("");
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");
  private static final Logger OURS = Logger.getLogger("io.gripstream");

  /** The class of the library that says when the storage fails. */
  static final String OUTAGE = "io.gripstream.eventstream.internal.store.core.StorageOutage";

  private static final Logger OUTAGES = Logger.getLogger(OUTAGE);
  private static final Logger POOL = Logger.getLogger("com.zaxxer.hikari");

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

  /** For a command that a person or cron runs: only what needs attention. */
  public static void configureForCommand() {
    configure(new TextLines(), Level.WARNING);
    // A command says itself what it could not do.
    OUTAGES.setLevel(Level.OFF);
  }

  private static Handler console() {
    try {
      Handler handler = new ConsoleHandler();
      // Whatever the locale says.
      handler.setEncoding("UTF-8");
      // The caller says why, in one line.
      handler.setFilter(
          entry -> !"Failed to start Javalin".equals(entry.getMessage()) && !isOfClient(entry));
      return handler;
    } catch (UnsupportedEncodingException e) {
      throw new AssertionError("every JVM has UTF-8", e);
    }
  }

  /** A client that went away, or was cut, before it had its answer: it can do so at will. */
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
    // Libraries say at INFO what nobody asked for.
    ROOT.setLevel(Level.WARNING);
    // What it says of requests quotes them, whatever is in there.
    JETTY.setLevel(Level.SEVERE);
    OURS.setLevel(level);
    OUTAGES.setLevel(null);
    // What it says of lost connections, with their traces, our own line says.
    POOL.setLevel(Level.OFF);
    // That its library cannot be loaded, too.
    SQLITE.setLevel(Level.OFF);
  }
}
