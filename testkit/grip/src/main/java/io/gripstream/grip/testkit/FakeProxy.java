package io.gripstream.grip.testkit;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.gripstream.grip.GripKey;
import io.gripstream.grip.GripProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A GRIP proxy inside the test: a control endpoint that checks and records items and, if there is
 * an origin, a front that follows its instructs.
 *
 * <p>It behaves like the given version of Pushpin, by default 1.41, with these simplifications: the
 * first subscriber of a channel causes no second request, ids are remembered forever, and a failing
 * next link ends the stream immediately.
 *
 * <pre>{@code
 * try (FakeProxy proxy = FakeProxy.start(); Publisher publisher = Publisher.create(List.of(proxy.proxy()))) {
 *   publisher.publishAndWait(Item.stream("news", "hello"));
 *   assertEquals("hello", proxy.takeItem().streamContent());
 * }
 * }</pre>
 */
public final class FakeProxy implements AutoCloseable {

  /** The secret with which the front signs requests. */
  public static final GripKey KEY = GripKey.parse("a secret of the fake proxy");

  /** The issuer of its signatures. */
  public static final String ISSUER = "fake-proxy";

  private final PushpinVersion version;
  private final ExecutorService threads;
  private final FakeControl control;
  private final HttpServer controlServer;
  private final @Nullable HttpServer frontServer;
  private final FakeSessions sessions;
  private final @Nullable FakeOrigin origin;

  private FakeProxy(@Nullable URI origin, PushpinVersion version) {
    this.version = version;
    var count = new AtomicInteger();
    threads = Executors.newCachedThreadPool(work -> {
      var thread = new Thread(work, "fake-proxy " + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    });
    sessions = new FakeSessions();
    this.origin = origin == null ? null : new FakeOrigin(origin, version);
    control = new FakeControl(sessions);
    controlServer = serve(control::handle);
    if (this.origin == null) {
      frontServer = null;
    } else {
      frontServer = serve(new FakeFront(this.origin, sessions)::handle);
    }
  }

  private HttpServer serve(HttpHandler handler) {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext("/", handler);
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a control endpoint only. */
  public static FakeProxy start() {
    return new FakeProxy(null, PushpinVersion.V1_41);
  }

  /** Starts a control endpoint, and a front that forwards every request to this origin. */
  public static FakeProxy inFrontOf(URI origin) {
    return inFrontOf(origin, PushpinVersion.V1_41);
  }

  /** Same as {@link #inFrontOf(URI)}, with the behaviour of that version. */
  public static FakeProxy inFrontOf(URI origin, PushpinVersion version) {
    return new FakeProxy(origin, version);
  }

  /** The version of Pushpin that it imitates. */
  public PushpinVersion version() {
    return version;
  }

  /** The address for clients, without a trailing slash. */
  public URI uri() {
    if (frontServer == null) {
      throw new IllegalStateException("this fake proxy has no origin: use inFrontOf");
    }
    return uri(frontServer);
  }

  /**
   * Opens a WebSocket; the origin gets its events over HTTP.
   *
   * @param target path and query
   * @param headers of the handshake, names and values in turn
   */
  public FakeWebSocket openWebSocket(String target, String... headers) {
    if (origin == null) {
      throw new IllegalStateException("this fake proxy has no origin: use inFrontOf");
    }
    var list = new ArrayList<Map.Entry<String, String>>();
    for (int i = 0; i < headers.length; i += 2) {
      list.add(Map.entry(headers[i], headers[i + 1]));
    }
    return new FakeWebSocket(origin, sessions, target, list);
  }

  /** The control endpoint. */
  public URI controlUri() {
    return uri(controlServer);
  }

  private static URI uri(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The proxy as an origin configures it. */
  public GripProxy proxy() {
    return GripProxy.builder(controlUri()).verifyKey(KEY).verifyIssuer(ISSUER).build();
  }

  /**
   * Waits up to 10 s for the next item, in the order in which they were published.
   *
   * @throws AssertionError if none arrives
   */
  public FakeItem takeItem() {
    return control.takeItem();
  }

  /** The published items that were not taken yet. */
  public List<FakeItem> items() {
    return control.items();
  }

  /** The number of items of each accepted request so far, in order. */
  public List<Integer> batchSizes() {
    return control.batchSizes();
  }

  /**
   * Waits up to 10 s for the next request to the control endpoint, accepted or not.
   *
   * @throws AssertionError if none arrives
   */
  public ControlRequest takeRequest() {
    return control.takeRequest();
  }

  /** Answers the next publish request with this, and does not record it. */
  public FakeProxy answerNext(int status, String text) {
    control.answerNext(status, text);
    return this;
  }

  /**
   * Closes the connection of the next publish request without an answer. Its items count as
   * published.
   */
  public FakeProxy loseNextAnswer() {
    control.loseNextAnswer();
    return this;
  }

  /**
   * Sets how long an item waits for the one that its {@code prev-id} names, like Pushpin's
   * {@code message_wait}. After that it is delivered anyway, and clients that lack the one before
   * it ask the origin. Default: 5 s.
   */
  public FakeProxy messageWait(Duration wait) {
    sessions.messageWait(wait);
    return this;
  }

  /** Makes publish requests wait until {@link #proceed()}. */
  public FakeProxy pause() {
    control.pause();
    return this;
  }

  /** Ends a {@link #pause()}. */
  public FakeProxy proceed() {
    control.proceed();
    return this;
  }

  /**
   * Waits up to 10 s until this number of connections is held on the channel.
   *
   * @throws AssertionError if there are fewer
   */
  public void awaitSubscribers(String channel, int count) {
    sessions.await(channel, count, Duration.ofSeconds(10));
  }

  /** Ends everything, also the connections of clients. */
  @Override
  public void close() {
    control.proceed();
    sessions.close();
    controlServer.stop(0);
    if (frontServer != null) {
      frontServer.stop(0);
    }
    threads.shutdownNow();
  }
}
