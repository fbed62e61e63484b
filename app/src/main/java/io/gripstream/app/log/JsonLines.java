package io.gripstream.app.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import tools.jackson.databind.json.JsonMapper;

/**
 * One JSON object per line: {@code time}, {@code level}, {@code logger}, {@code message}, and more.
 */
final class JsonLines extends Formatter {
  private final JsonMapper json = JsonMapper.builder().build();

  @Override
  public String format(LogRecord entry) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put(
        "time",
        Instant.ofEpochMilli(entry.getMillis()).truncatedTo(ChronoUnit.MILLIS).toString());
    line.put("level", TextLines.name(entry.getLevel()));
    line.put("logger", String.valueOf(entry.getLoggerName()));
    line.put("message", String.valueOf(entry.getMessage()));
    Object[] parameters = entry.getParameters();
    if (parameters != null
        && parameters.length == 1
        && parameters[0] instanceof Access.Entry access) {
      line.put("peer", access.peer());
      line.put("method", access.method());
      line.put("path", access.path());
      line.put("status", access.status());
      line.put("millis", access.millis());
    }
    if (entry.getThrown() != null) {
      StringWriter trace = new StringWriter();
      entry.getThrown().printStackTrace(new PrintWriter(trace, true));
      line.put("trace", trace.toString());
    }
    return json.writeValueAsString(line) + "\n";
  }
}
