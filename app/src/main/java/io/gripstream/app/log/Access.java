package io.gripstream.app.log;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Writes the access log: its entries have fields, which JSON lines show one by one. */
public final class Access {
  private static final Logger LOG = Logger.getLogger("io.gripstream.access");

  private Access() {}

  /** @param path without anything that must not be logged */
  public static void log(String peer, String method, String path, int status, float millis) {
    if (!LOG.isLoggable(Level.INFO)) {
      return;
    }
    Entry entry = new Entry(peer, method, path, status, Math.round(millis * 10));
    LogRecord line = new LogRecord(Level.INFO, entry.toString());
    line.setLoggerName(LOG.getName());
    line.setParameters(new Object[] {entry});
    LOG.log(line);
  }

  /**
   * One request. Printed without a format string, which took 8 % of the time while many clients
   * opened streams.
   *
   * @param tenths of a millisecond
   */
  record Entry(String peer, String method, String path, int status, long tenths) {
    double millis() {
      return tenths / 10.0;
    }

    @Override
    public String toString() {
      return peer + ' ' + method + ' ' + path + ' ' + status + ' ' + tenths / 10 + '.' + tenths % 10
          + " ms";
    }
  }
}
