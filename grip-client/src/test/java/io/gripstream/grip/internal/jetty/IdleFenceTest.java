package io.gripstream.grip.internal.jetty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection becomes idle just when its answer is sent. */
class IdleFenceTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final String FIRST = "1".repeat(99);
  private static final String SECOND = "2".repeat(117);

  private final HeldSends first = new HeldSends("/first");
  private final HeldSends second = new HeldSends("/second");
  private final CountDownLatch waiting = new CountDownLatch(1);
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  // The common pool may have one thread only, and a send that is held takes one.
  private final ExecutorService senders = Executors.newCachedThreadPool();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    first.release();
    second.release();
    for (AutoCloseable resource : opened) {
      resource.close();
    }
    senders.shutdown();
  }

  @Test
  void anAnswerThatIsBeingSentGoesOutWithItsOwnBytes() throws Exception {
    int port = start(server -> {
      IdleFence.use(server);
      insertInFront(server, first);
      insertInFront(server, second);
    });
    Socket one = get(port, "/first");
    first.awaitSend();
    first.connectionIsIdle();
    Socket two = get(port, "/second");
    second.awaitSend();

    first.release();
    assertThat(body(one)).isEqualTo(FIRST);
    second.release();
    assertThat(body(two)).isEqualTo(SECOND);
  }

  @Test
  void anAnswerThatWasCancelledBeforeIsNotSent() throws Exception {
    int port = start(server -> {
      IdleFence.use(server);
      server.insertHandler(first);
      server.insertHandler(second);
    });
    Socket one = get(port, "/first");
    first.awaitSend();
    first.connectionIsIdle();
    Socket two = get(port, "/second");
    second.awaitSend();

    first.release();
    assertThat(one.getInputStream().read()).isEqualTo(-1);
    second.release();
    assertThat(body(two)).isEqualTo(SECOND);
  }

  @Test
  void aConnectionThatBecomesIdleAsItsRequestEndsGetsOnlyItsAnswers() throws Exception {
    LateQuestion late = new LateQuestion();
    int port = start(server -> {
      IdleFence.use(server);
      insertInFront(server, late);
    });
    Socket connection = get(port, "/waiting");
    await(waiting);
    late.connectionIsIdle();
    ready.complete(FIRST);
    assertThat(body(connection)).isEqualTo(FIRST);

    String head = head("/second");
    int part = head.indexOf('\n') + 1;
    late.awaitEnd();
    send(connection, head.substring(0, part));
    late.awaitBytes(part);
    late.ask();
    send(connection, head.substring(part));
    assertThat(body(connection)).isEqualTo(SECOND);
  }

  @Test
  void aRequestThatTakesLongIsAnswered() throws Exception {
    CompletableFuture<Request> handled = new CompletableFuture<>();
    int port = start(server -> {
      IdleFence.use(server);
      server.insertHandler(new Handler.Wrapper() {
        @Override
        public boolean handle(Request request, Response response, Callback callback)
            throws Exception {
          boolean isHandled = super.handle(request, response, callback);
          handled.complete(request);
          return isHandled;
        }
      });
    });
    Socket socket = get(port, "/waiting");
    Request request = handled.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    request.getConnectionMetaData().getConnection().onIdleExpired(new TimeoutException("idle"));
    assertThat(Content.Chunk.isFailure(request.read()))
        .as("the request has failed")
        .isFalse();
    ready.complete(FIRST);
    assertThat(body(socket)).isEqualTo(FIRST);
  }

  /** In front of the fence: so what the handler holds back is behind it. */
  private static void insertInFront(Server server, Handler.Wrapper handler) {
    server.addEventListener(new LifeCycle.Listener() {
      @Override
      public void lifeCycleStarting(LifeCycle starting) {
        server.insertHandler(handler);
      }
    });
  }

  private int start(Consumer<Server> handlers) {
    Javalin app = Javalin.create(config -> {
      config.startup.showJavalinBanner = false;
      config.jetty.modifyServer(handlers::accept);
      config.routes.get("/first", ctx -> ctx.future(() -> answer(ctx, completedFuture(FIRST))));
      config.routes.get("/second", ctx -> ctx.future(() -> answer(ctx, completedFuture(SECOND))));
      config.routes.get("/waiting", ctx -> {
        waiting.countDown();
        ctx.future(() -> answer(ctx, ready));
      });
    });
    app.start("127.0.0.1", 0);
    opened.add(app::stop);
    return app.port();
  }

  /** Sent by another thread than the one that handles the request. */
  private CompletableFuture<Void> answer(Context ctx, CompletableFuture<String> body) {
    return body.thenAcceptAsync(ctx::result, senders);
  }

  private Socket get(int port, String path) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    opened.add(0, socket);
    socket.setSoTimeout((int) DEADLINE.toMillis());
    send(socket, head(path));
    return socket;
  }

  private static String head(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
  }

  private static void send(Socket socket, String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(US_ASCII));
  }

  /** As many bytes as its length says. */
  private static String body(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("the answer ends with %s", head).isNotEqualTo(-1);
      head.append((char) next);
    }
    String length = head.toString().replaceAll("(?is).*\r\nContent-Length: (\\d+)\r\n.*", "$1");
    return new String(socket.getInputStream().readNBytes(Integer.parseInt(length)), US_ASCII);
  }

  /** Holds the first send of each request for a path. */
  private static final class HeldSends extends Handler.Wrapper {
    private final String path;
    private final CompletableFuture<Connection> sending = new CompletableFuture<>();
    private final CountDownLatch released = new CountDownLatch(1);

    HeldSends(String path) {
      this.path = path;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      if (request.getHttpURI().getPath().equals(path)) {
        Connection connection = request.getConnectionMetaData().getConnection();
        request.addHttpStreamWrapper(stream -> new HttpStream.Wrapper(stream) {
          @Override
          public void send(
              MetaData.Request request,
              MetaData.@Nullable Response response,
              boolean last,
              @Nullable ByteBuffer content,
              Callback callback) {
            sending.complete(connection);
            await(released);
            super.send(request, response, last, content, callback);
          }
        });
      }
      return super.handle(request, response, callback);
    }

    void awaitSend() throws Exception {
      sending.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    /** As Jetty's timer does it. */
    void connectionIsIdle() {
      sending.join().onIdleExpired(new TimeoutException("idle"));
    }

    void release() {
      released.countDown();
    }
  }

  /** Asks the first request whether its idle connection should fail, when that request is over. */
  private static final class LateQuestion extends Handler.Wrapper {
    private final CompletableFuture<Connection> connection = new CompletableFuture<>();
    private final CountDownLatch isOver = new CountDownLatch(1);
    private final CountDownLatch mayAsk = new CountDownLatch(1);
    private long bytesOfFirst;

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      if (connection.complete(request.getConnectionMetaData().getConnection())) {
        request.addHttpStreamWrapper(stream -> new HttpStream.Wrapper(stream) {
          @Override
          public void succeeded() {
            super.succeeded();
            isOver.countDown();
          }
        });
        // Jetty asks its listeners one after the other.
        request.addIdleTimeoutListener(timeout -> {
          await(mayAsk);
          return false;
        });
      }
      return super.handle(request, response, callback);
    }

    void connectionIsIdle() throws Exception {
      connection
          .get(DEADLINE.toSeconds(), TimeUnit.SECONDS)
          .onIdleExpired(new TimeoutException("idle"));
    }

    void awaitEnd() {
      await(isOver);
      bytesOfFirst = connection.join().getBytesIn();
    }

    /** Until so many bytes of the second request have come. */
    void awaitBytes(int count) {
      long end = System.nanoTime() + DEADLINE.toNanos();
      while (connection.join().getBytesIn() < bytesOfFirst + count) {
        assertThat(System.nanoTime()).as("bytes come in time").isLessThan(end);
        Thread.onSpinWait();
      }
    }

    void ask() {
      mayAsk.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
