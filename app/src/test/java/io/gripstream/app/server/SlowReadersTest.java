package io.gripstream.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.testtools.Http2Socket;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An unread answer does not keep its thread and its bytes; a stream stays. */
class SlowReadersTest {
  private static final byte[] LONG = new byte[20_000_000];

  /** 70 of them are fewer bytes than may wait. */
  private static final byte[] SHORT = new byte[400_000];

  /** Of a stream of HTTP/2. */
  private static final int WINDOW = 65_535;

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger answering = new AtomicInteger();
  private final SlowReaders readers = new SlowReaders(nanos::get);
  private final List<Socket> sockets = new ArrayList<>();
  private final Server server = new Server();
  private ServerConnector connector;

  @BeforeEach
  void start() throws Exception {
    HttpConfiguration http = new HttpConfiguration();
    http.addCustomizer(readers);
    connector = new ServerConnector(
        server, new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http));
    // So that the kernel does not take a short answer whole.
    connector.setAcceptedSendBufferSize(16_384);
    // So that only what is tested here ends an answer, however slow the machine.
    connector.setIdleTimeout(300_000);
    server.addConnector(connector);
    server.setHandler(new Handler.Abstract() {
      @Override
      public boolean handle(Request request, Response response, Callback callback)
          throws IOException {
        boolean isStream = request.getHttpURI().getPath().equals("/stream");
        response.getHeaders().put("Content-Type", isStream ? "text/event-stream" : "text/plain");
        answering.incrementAndGet();
        try {
          boolean isShort = request.getHttpURI().getPath().equals("/short");
          Content.Sink.write(response, true, ByteBuffer.wrap(isShort ? SHORT : LONG));
        } finally {
          answering.decrementAndGet();
        }
        callback.succeeded();
        return true;
      }
    });
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.stop();
    readers.close();
  }

  @Test
  void an_unread_answer_is_cut_and_one_that_is_read_continues() throws Exception {
    Socket silent = ask("/long");
    Socket reading = ask("/long");
    Socket stream = ask("/stream");
    awaitAnswering(3);
    for (int window = 0; window < 3; window++) {
      reading.getInputStream().readNBytes(5_000_000);
      pass(Duration.ofSeconds(21));
    }

    awaitAnswering(2);
    assertThat(readAll(silent)).isLessThan(LONG.length);
    assertThat(15_000_000 + readAll(reading)).isGreaterThan(LONG.length);
    assertThat(readAll(stream)).isGreaterThan(LONG.length);
  }

  @Test
  void it_looks_again_and_again_by_itself() throws Exception {
    readers.start();
    Socket silent = ask("/long");
    awaitAnswering(1);

    Eventually.eventually(() -> {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(21));
      assertThat(answering.get()).isZero();
    });
    assertThat(readAll(silent)).isLessThan(LONG.length);
  }

  @Test
  void of_too_many_that_wait_for_their_readers_the_oldest_are_cut() throws Exception {
    for (int i = 0; i < 70; i++) {
      ask("/short");
    }
    awaitAnswering(70);
    pass(Duration.ofSeconds(2));

    Eventually.eventually(() -> assertThat(answering.get()).isEqualTo(64));
  }

  @Test
  void of_too_many_bytes_that_wait_for_their_readers_the_oldest_are_cut() throws Exception {
    for (int i = 1; i <= 4; i++) {
      ask("/long");
      awaitAnswering(i);
      nanos.addAndGet(1_000_000);
    }
    pass(Duration.ofSeconds(2));

    Eventually.eventually(() -> assertThat(answering.get()).isLessThan(4));
    assertThat(readAll(sockets.get(0))).isLessThan(LONG.length);
    assertThat(readAll(sockets.get(3))).isGreaterThan(LONG.length);
  }

  @Test
  void over_http2_only_the_request_that_is_not_read_ends() throws Exception {
    try (Http2Socket client = new Http2Socket(connector.getLocalPort(), WINDOW)) {
      client.patience(10_000);
      int silent = client.get("/long");
      int reading = client.get("/long");
      awaitAnswering(2);
      client.widen(0, 100_000_000);
      client.widen(reading, LONG.length);
      int come = 0;
      int unread = 0;
      // The first bytes, up to the window of a stream, go out without a reader.
      for (int wanted : new int[] {5_000_000, 10_000_000}) {
        while (come < wanted || unread < WINDOW) {
          Http2Socket.Frame data = client.read();
          come += data.stream() == reading ? data.payload().length : 0;
          unread += data.stream() == silent && data.isData() ? data.payload().length : 0;
        }
        pass(Duration.ofSeconds(21));
      }

      Http2Socket.Frame frame;
      do {
        frame = client.read();
        come += frame.stream() == reading ? frame.payload().length : 0;
      } while (!frame.isFailure());
      assertThat(frame.stream()).isEqualTo(silent);
      while (come < LONG.length) {
        frame = client.read();
        assertThat(frame.isFailure()).isFalse();
        come += frame.payload().length;
      }
      awaitAnswering(0);
    }
  }

  private void awaitAnswering(int count) {
    Eventually.eventually(() -> assertThat(answering.get()).isEqualTo(count));
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    readers.check();
  }

  /** Asks, and waits until the answer is on its way. */
  private Socket ask(String path) throws IOException {
    Socket socket = connect();
    socket
        .getOutputStream()
        .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    assertThat(socket.getInputStream().read()).isEqualTo('H');
    return socket;
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress("127.0.0.1", connector.getLocalPort()));
    sockets.add(socket);
    return socket;
  }

  private static long readAll(Socket socket) {
    long count = 0;
    byte[] some = new byte[65_536];
    try (InputStream in = socket.getInputStream()) {
      for (int read = in.read(some); read >= 0; read = in.read(some)) {
        count += read;
      }
    } catch (IOException cut) {
      // Earlier bytes count.
    }
    return count;
  }
}
