package io.gripstream.app.server;

import com.sun.management.UnixOperatingSystemMXBean;
import io.gripstream.grip.internal.Threads;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits connections without a stream. A connection is closed if a request on it does not reach its
 * body within 10 s. Over HTTP/2, where that cannot be seen, one is closed after 30 s without a
 * request in progress. Above a number of connections, the oldest one without a request is closed
 * for a new one. So neither slow nor many clients use up the open files. Thread-safe.
 */
final class Connections implements Connection.Listener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
  private static final int MOST = 10_000;

  /** Reserved for the storage, proxies, the jar. */
  private static final int OTHER_FILES = 100;

  private static final long HEAD_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** No proxy of GRIP speaks HTTP/2, so this may be shorter than the time of HTTP/1.1. */
  private static final long HTTP2_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final int max;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer = Threads.loop("gripstream-connections");

  /** The oldest first. Guarded by this. */
  private final Map<HttpConnection, Head> open = new LinkedHashMap<>();

  /** The HTTP/2 connections without a request in progress, when last checked. */
  private final Map<HTTP2Connection, Head> quiet = new LinkedHashMap<>();

  /** The others over HTTP/2. Guarded by this. */
  private final Set<HTTP2Connection> busy = new HashSet<>();

  /** A head in progress, as first seen; over HTTP/2 the time between requests. */
  private static final class Head {
    boolean isComing;
    long request;
    long since;
  }

  Connections(int max, LongSupplier nanoTime) {
    this.max = max;
    this.nanoTime = nanoTime;
    timer.scheduleWithFixedDelay(this::check, 1, 1, TimeUnit.SECONDS);
  }

  /**
   * Limits the connections and slow readers of a server that is not started yet, until it is
   * stopped.
   */
  static void bound(org.eclipse.jetty.server.Server server) {
    server.addEventListener(new LifeCycle.Listener() {
      private @Nullable Connections connections;
      private @Nullable SlowReaders readers;

      @Override
      public void lifeCycleStarting(LifeCycle starting) {
        Connections made = new Connections(max(files()), System::nanoTime);
        connections = made;
        SlowReaders slow = new SlowReaders(System::nanoTime).start();
        readers = slow;
        for (Connector connector : server.getConnectors()) {
          connector.addEventListener(made);
          connector.getConnectionFactories().stream()
              .filter(HttpConfiguration.ConnectionFactory.class::isInstance)
              .map(
                  factory -> ((HttpConfiguration.ConnectionFactory) factory).getHttpConfiguration())
              .distinct()
              .forEach(http -> http.addCustomizer(slow));
        }
      }

      @Override
      public void lifeCycleStopped(LifeCycle stopped) {
        if (connections != null) {
          connections.close();
        }
        if (readers != null) {
          readers.close();
        }
      }
    });
  }

  /**
   * The number of streams that this process can hold, at most the configured one: each is an open
   * file.
   */
  static int streams(int wanted) {
    long files = files();
    return (int) Math.max(1, Math.min(wanted, files - max(files) - OTHER_FILES));
  }

  /** Warns the operator of a server if that is less. Commands hold no streams. */
  static void warn(int wanted) {
    int possible = streams(wanted);
    if (possible < wanted) {
      LOG.info(
          "This process may open {} files: it holds {} streams at most, not {} (max_streams);"
              + " raise the limit (ulimit -n, LimitNOFILE)",
          files(),
          possible,
          wanted);
    }
  }

  private static int max(long files) {
    return (int) Math.min(MOST, files / 4);
  }

  private static long files() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Integer.MAX_VALUE;
  }

  @Override
  public void onOpened(Connection connection) {
    Connection surplus = null;
    synchronized (this) {
      if (connection instanceof HttpConnection http) {
        open.put(http, new Head());
      } else if (connection instanceof HTTP2Connection http2) {
        quiet.put(http2, head(http2));
      } else {
        return;
      }
      if (open.size() + quiet.size() > max) {
        surplus = oldestIdle(connection);
      }
    }
    if (surplus != null) {
      surplus.getEndPoint().close();
    }
  }

  private Head head(HTTP2Connection connection) {
    Head head = new Head();
    head.request = connection.getSession().getStreamsOpened();
    head.since = nanoTime.getAsLong();
    return head;
  }

  private Connection oldestIdle(Connection newest) {
    for (HttpConnection connection : open.keySet()) {
      if (connection.getParser().getState().compareTo(HttpParser.State.CONTENT) < 0) {
        open.remove(connection);
        return connection;
      }
    }
    for (HTTP2Connection connection : quiet.keySet()) {
      if (isQuiet(connection)) {
        quiet.remove(connection);
        return connection;
      }
    }
    return newest;
  }

  private static boolean isQuiet(HTTP2Connection connection) {
    return connection.getSession().getStreams().isEmpty();
  }

  @Override
  public void onClosed(Connection connection) {
    synchronized (this) {
      if (connection instanceof HttpConnection http) {
        open.remove(http);
      } else if (connection instanceof HTTP2Connection http2) {
        quiet.remove(http2);
        busy.remove(http2);
      }
    }
  }

  private void check() {
    long now = nanoTime.getAsLong();
    List<Connection> late = new ArrayList<>();
    synchronized (this) {
      open.forEach((connection, head) -> {
        if (isLate(connection, head, now)) {
          late.add(connection);
        }
      });
      quiet.keySet().removeIf(connection -> !isQuiet(connection) && busy.add(connection));
      quiet.forEach((connection, head) -> {
        if (isLate(connection, head, now)) {
          late.add(connection);
        }
      });
      busy.removeIf(connection ->
          isQuiet(connection) && quiet.putIfAbsent(connection, head(connection)) == null);
    }
    late.forEach(connection -> connection.getEndPoint().close());
  }

  private static boolean isLate(HTTP2Connection connection, Head head, long now) {
    long request = connection.getSession().getStreamsOpened();
    if (head.request != request) {
      head.request = request;
      head.since = now;
    }
    return now - head.since >= HTTP2_NANOS;
  }

  private static boolean isLate(HttpConnection connection, Head head, long now) {
    HttpParser.State state = connection.getParser().getState();
    boolean isComing =
        state != HttpParser.State.START && state.compareTo(HttpParser.State.CONTENT) < 0;
    long request = connection.getMessagesIn();
    if (!isComing || !head.isComing || head.request != request) {
      head.isComing = isComing;
      head.request = request;
      head.since = now;
      return false;
    }
    return now - head.since >= HEAD_NANOS;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
