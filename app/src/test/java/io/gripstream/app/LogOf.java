package io.gripstream.app;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A log, such as that of a class, while this is open. */
public final class LogOf implements AutoCloseable {
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final Handler handler = new Handler() {
    @Override
    public void publish(LogRecord entry) {
      records.add(entry);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  };
  private final Logger logger;
  private final @Nullable Level before;

  public LogOf(Class<?> type) {
    this(type.getName());
  }

  public LogOf(String name) {
    logger = Logger.getLogger(name);
    before = logger.getLevel();
    // A command that another test ran may have left only warnings.
    logger.setLevel(Level.ALL);
    logger.addHandler(handler);
  }

  /** Each message, with the exception that was logged with it. */
  public List<String> lines() {
    return records.stream().map(LogOf::line).toList();
  }

  /** The same, of one thread. */
  public List<String> linesOf(long thread) {
    return records.stream()
        .filter(entry -> entry.getLongThreadID() == thread)
        .map(LogOf::line)
        .toList();
  }

  private static String line(LogRecord entry) {
    return entry.getMessage() + (entry.getThrown() == null ? "" : ": " + entry.getThrown());
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
    logger.setLevel(before);
  }
}
