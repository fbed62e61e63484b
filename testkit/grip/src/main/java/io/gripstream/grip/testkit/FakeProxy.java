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
 * A GRIP proxy inside the test: a control endpoint that checks and records what is published, and,
 * if there is an origin, a front that follows its instructs.
 *
 * <p>It does what Pushpin does, in the version that it is told or 1.41, with these simplifications:
 * the first subscriber of a channel causes no second request, ids are remembered for ever, and a
 * next link that fails ends the stream at once.
 *
 * <pre>{@code
 * try (FakeProxy proxy = FakeProxy.start(); Publisher publisher = Publisher.create(List.of(proxy.proxy()))) {
 *   publisher.publishAndWait(Item.stream("news", "hello"));
 *   assertEquals("hello", proxy.takeItem().streamContent());
 * }
 * }</pre>
 */
public final class FakeProxy implements AutoCloseable {

  /** The secret with which the front signs its requests. */
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

  /** {@link #inFrontOf(URI)}, and does what that version does where they differ. */
  public static FakeProxy inFrontOf(URI origin, PushpinVersion version) {
    return new FakeProxy(origin, version);
  }

  /** The Pushpin that it plays. */
  public PushpinVersion version() {
    return version;
  }

  /** Where clients connect, without a slash at the end. */
  public URI uri() {
    if (frontServer == null) {
      throw new IllegalStateException("this fake proxy has no origin: use inFrontOf");
    }
    return uri(frontServer);
  }

  /**
   * Opens a WebSocket of which the origin gets the events over HTTP.
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

  /** The proxy as the origin configures it. */
  public GripProxy proxy() {
    return GripProxy.builder(controlUri()).verifyKey(KEY).verifyIssuer(ISSUER).build();
  }

  /**
   * Waits up to 10 s for the next item, in the order in which they were published.
   *
   * @throws AssertionError if none comes
   */
  public FakeItem takeItem() {
    return control.takeItem();
  }

  /** Items that were published and not yet taken. */
  public List<FakeItem> items() {
    return control.items();
  }

  /** How many items each accepted request had so far, in order. */
  public List<Integer> batchSizes() {
    return control.batchSizes();
  }

  /**
   * Waits up to 10 s for the next request to the control endpoint, accepted or not.
   *
   * @throws AssertionError if none comes
   */
  public ControlRequest takeRequest() {
    return control.takeRequest();
  }

  /** Answers the next request to publish with this instead of recording it. */
  public FakeProxy answerNext(int status, String text) {
    control.answerNext(status, text);
    return this;
  }

  /**
   * Closes the connection of the next request to publish without answer; it counts as published.
   */
  public FakeProxy loseNextAnswer() {
    control.loseNextAnswer();
    return this;
  }

  /**
   * How long an item waits for the one that its {@code prev-id} names, as Pushpin's
   * {@code message_wait} says. Then it goes on without it, and clients that lack the one before it
   * ask the origin. Default: 5 s.
   */
  public FakeProxy messageWait(Duration wait) {
    sessions.messageWait(wait);
    return this;
  }

  /** Lets requests to publish wait until {@link #proceed()}. */
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
   * Waits up to 10 s until so many connections are held on the channel.
   *
   * @throws AssertionError if there are not
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
