package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import io.gripstream.testtools.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Takes half a minute or more for each setup, since slow clients need their time. A server with 128
 * MB and 1,024 files, and a publisher who does all that once took a server down, all at once. It
 * answers, or it is started anew, as systemd would; clients resume, and nothing that was
 * acknowledged is lost.
 */
class SmallMemoryIT {
  private static final String HONEST = "honest-0123456789abcdef";
  private static final String MALLORY = "mallory-0123456789abcdef";
  /** The setups of CI, by name; {@code all} are the four. */
  private static final String CHOICE = System.getProperty("smallMemory", "");

  private static final Path JAR = Path.of("target/gripstream.jar").toAbsolutePath();

  @TempDir
  Path directory;

  private String storage = "jdbc:sqlite:events.db";
  private @Nullable Pushpin pushpin;
  private final int port = Ports.free(1).get(0);
  private final HttpClient http = HttpClient.newHttpClient();

  /** It asks for no HTTP/2, as browsers do not without TLS; Pushpin takes that for a WebSocket. */
  private final HttpClient streaming =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final List<Socket> sockets = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private volatile Command server;
  private volatile boolean isOver;
  private volatile int restarts;

  @AfterEach
  void stop() throws Exception {
    isOver = true;
    server.close();
    if (pushpin != null) {
      pushpin.close();
    }
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /**
   * What the server keeps its events in, and what holds its streams. The least and the most of it;
   * with {@code -DsmallMemory=all} what is between, too.
   */
  static List<Arguments> setups() {
    List<Arguments> setups = new ArrayList<>(List.of(
        arguments("SQLite, direct", false, null),
        arguments("PostgreSQL, Pushpin 1.41", true, PushpinVersion.V1_41)));
    if (CHOICE.equals("all")) {
      setups.add(arguments("PostgreSQL, direct", true, null));
      setups.add(arguments("SQLite, Pushpin 1.41", false, PushpinVersion.V1_41));
      setups.add(arguments("SQLite, Pushpin 1.36", false, PushpinVersion.V1_36));
    }
    return setups;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("setups")
  void server_under_attack_answers_or_restarts_and_loses_nothing(
      String setup, boolean isPostgres, @Nullable PushpinVersion version) throws Exception {
    if (isPostgres) {
      storage = PostgresServer.shared().newDatabase();
    }
    if (version != null) {
      pushpin = Pushpin.builder().version(version).route("* 127.0.0.1:" + port).start();
    }
    start();
    if (pushpin != null) {
      pushpin.awaitStream("/events/ready");
    }
    Thread supervisor = new Thread(this::supervise, "supervisor");
    supervisor.start();
    try (ReturningClient client = ReturningClient.start(streaming, streams("/events/news"));
        ReturningClient victim =
            ReturningClient.start(streaming, streams("/events/m-1?lastEventId=earliest"))) {
      Eventually.eventually(
          () -> assertThat(client.isOpen()).as("%s", client.trouble()).isTrue());
      CompletableFuture<Void> attack = CompletableFuture.allOf(
          attack(this::skipLists),
          attack(this::numbers),
          attack(this::slowBodies),
          attack(this::halfHeads),
          attack(this::readers));
      List<String> acknowledged = new ArrayList<>();
      int asked = 0;
      while (!attack.isDone() || acknowledged.size() < 50) {
        asked++;
        if (publish(HONEST, "news", "\"e" + asked + "\"", ",\"idempotency_key\":\"k" + asked + "\"")
            == 200) {
          acknowledged.add("e" + asked);
        }
      }
      attack.get(120, TimeUnit.SECONDS);

      Eventually.eventually(() -> assertThat(status("/health/ready")).isEqualTo(200));
      Eventually.within(
          Duration.ofSeconds(30), () -> assertThat(client.data()).containsAll(acknowledged));
      assertThat(client.data()).doesNotHaveDuplicates();
      assertThat(client.trouble()).noneMatch(line -> line.startsWith("stream-reset"));
      assertThat(victim.trouble()).noneMatch(line -> line.startsWith("stream-reset"));
      assertThat(status("/api/history?channel=m-1&limit=1000")).isEqualTo(200);
      System.err.println("Under attack, " + setup + ": " + acknowledged.size() + " of " + asked
          + " events were taken, the server ended " + restarts + " times, the client came back "
          + client.trouble().size() + " times");
      assertThat(said)
          .allMatch(text -> text.contains("Terminating due to java.lang.OutOfMemory")
              || text.contains("The server ends with exit code 3"));
    }
  }

  private void start() {
    Map<String, String> settings = new HashMap<>(Map.of(
        "PORT",
        Integer.toString(port),
        "GRIPSTREAM_API_KEYS",
        HONEST + "," + MALLORY,
        "GRIPSTREAM_CHANNEL_RULES",
        "[{channels: '*', anonymous: true}]",
        "GRIPSTREAM_LOG_ACCESS",
        "false",
        "DATABASE_URL",
        storage));
    if (pushpin != null) {
      settings.put("GRIP_URL", pushpin.gripUrl());
    }
    server = Command.start(
            directory,
            settings,
            List.of(
                "bash",
                "-c",
                "ulimit -n 1024; exec \"$0\" -Xmx128m -XX:+ExitOnOutOfMemoryError -jar \"$1\" serve",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                JAR.toString()))
        .await("ready:");
  }

  /** Restarts the server, as Restart=always does. */
  private void supervise() {
    while (!isOver) {
      Command running = server;
      try {
        running.handle().onExit().get();
      } catch (Exception e) {
        return;
      }
      if (!isOver) {
        restarts++;
        said.add(running.out() + running.err());
        start();
      }
    }
  }

  private static CompletableFuture<Void> attack(Attack attack) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            attack.run();
          } catch (IOException | InterruptedException e) {
            // The server refuses, or is away: that is its answer.
          }
        },
        task -> new Thread(task, "attack").start());
  }

  private interface Attack {
    void run() throws IOException, InterruptedException;
  }

  /** Events with as many skipped users as there may be, and with far too many. */
  private void skipLists() {
    String allowed = users(1_000);
    String tooMany = users(400_000);
    for (int i = 0; i < 120; i++) {
      publish(MALLORY, "m-1", "\"x\"", ",\"skip_user_ids\":[" + allowed + "]");
      if (i % 12 == 0) {
        publish(MALLORY, "m-1", "\"x\"", ",\"skip_user_ids\":[" + tooMany + "]");
      }
    }
  }

  private static String users(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"u" + i + "\"")
        .collect(Collectors.joining(","));
  }

  /** Eight bodies of 8 MB of numbers at once, four times; each has a good event before it. */
  private void numbers() throws InterruptedException {
    String body = "[" + "1.5,".repeat(2_000_000) + "1.5]";
    for (int round = 0; round < 4; round++) {
      List<Thread> threads = IntStream.range(0, 8)
          .mapToObj(i -> new Thread(() -> publish(MALLORY, "m-1", body, "")))
          .toList();
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private void slowBodies() throws IOException, InterruptedException {
    hold(
        260,
        "POST /api/publish HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-API-Key: "
            + MALLORY + "\r\nContent-Length: 100000\r\n\r\n{");
  }

  private void halfHeads() throws IOException, InterruptedException {
    hold(1_500, "GET /events/news HTTP/1.1\r\nHost: a\r\nX: ");
  }

  private void hold(int count, String beginning) throws IOException, InterruptedException {
    List<Socket> held = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      try {
        Socket socket = new Socket("127.0.0.1", port);
        socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
        held.add(socket);
      } catch (IOException refused) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
    synchronized (sockets) {
      sockets.addAll(held);
    }
    for (int drip = 0; drip < 20; drip++) {
      TimeUnit.MILLISECONDS.sleep(500);
      for (Socket socket : held) {
        try {
          socket.getOutputStream().write(' ');
        } catch (IOException cut) {
          socket.close();
        }
      }
    }
  }

  /** Clients that read from the beginning again and again. */
  private void readers() throws InterruptedException {
    List<ReturningClient> readers = IntStream.range(0, 30)
        .mapToObj(
            i -> ReturningClient.start(streaming, streams("/events/m-1?lastEventId=earliest")))
        .toList();
    try {
      for (int i = 0; i < 40; i++) {
        status("/api/history?channel=m-1&limit=1000");
        TimeUnit.MILLISECONDS.sleep(250);
      }
    } finally {
      readers.forEach(ReturningClient::close);
    }
  }

  private int publish(String key, String channel, String data, String more) {
    String event = "{\"channel\":\"" + channel + "\",\"data\":" + data + more + "}";
    return status(HttpRequest.newBuilder(uri("/api/publish"))
        .header("X-API-Key", key)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(event)));
  }

  private int status(String path) {
    return status(HttpRequest.newBuilder(uri(path)).header("X-API-Key", HONEST));
  }

  /** 0: there was no answer. */
  private int status(HttpRequest.Builder request) {
    try {
      HttpResponse<Void> answer =
          http.send(request.timeout(Duration.ofSeconds(10)).build(), BodyHandlers.discarding());
      return answer.statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private URI streams(String path) {
    return pushpin == null ? uri(path) : pushpin.uri().resolve(path);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
