package io.gripstream.app.log;

import io.gripstream.app.config.Printable;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** {@code 2026-11-23T12:00:00.123Z WARN what happened}. */
final class TextLines extends Formatter {
  @Override
  public String format(LogRecord entry) {
    StringBuilder line = new StringBuilder(160)
        .append(Instant.ofEpochMilli(entry.getMillis()).truncatedTo(ChronoUnit.MILLIS))
        .append(' ')
        .append(padded(name(entry.getLevel())))
        .append(' ')
        .append(entry.getMessage() == null ? "" : clean(entry.getMessage()))
        .append('\n');
    if (entry.getThrown() != null) {
      StringWriter trace = new StringWriter();
      entry.getThrown().printStackTrace(new PrintWriter(trace, true));
      // Indented, so that no part of a quoted text looks like an entry.
      trace
          .toString()
          .lines()
          .forEach(part -> line.append('\t').append(clean(part.strip())).append('\n'));
    }
    return line.toString();
  }

  /** As wide as the longest name. */
  private static String padded(String name) {
    return name.length() < 5 ? name + ' ' : name;
  }

  static String name(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "WARN";
    }
    return level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
  }

  /** One event is one line, whatever the message contains. */
  private static String clean(String message) {
    boolean isAscii = message.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    return isAscii ? message : Printable.line(message);
  }
}
