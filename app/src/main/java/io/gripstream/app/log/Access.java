package io.gripstream.app.log;

import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The access log: its entries have fields, which JSON lines show one by one. */
public final class Access {
  private static final Logger LOG = Logger.getLogger("io.gripstream.access");

  private Access() {}

  /** @param path without anything that must not be logged */
  public static void log(String peer, String method, String path, int status, float millis) {
    if (!LOG.isLoggable(Level.INFO)) {
      return;
    }
    Entry entry = new Entry(peer, method, path, status, Math.round(millis * 10) / 10.0);
    LogRecord line = new LogRecord(Level.INFO, entry.toString());
    line.setLoggerName(LOG.getName());
    line.setParameters(new Object[] {entry});
    LOG.log(line);
  }

  /** One request. */
  record Entry(String peer, String method, String path, int status, double millis) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s %s %s %d %.1f ms", peer, method, path, status, millis);
    }
  }
}
