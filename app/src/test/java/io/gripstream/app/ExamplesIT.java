package io.gripstream.app;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.examples.Chat;
import io.gripstream.app.examples.Time;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamEvent;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import io.gripstream.testtools.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The example programs, each started by its own {@code main}: behind each Pushpin, and directly.
 */
@ParameterizedClass
@MethodSource(PushpinVersion.CHOSEN)
class ExamplesIT {
  private static final Path SOURCES = Path.of("src/main/java/io/gripstream/app/examples");
  private static final int MAX_LINES = 120;

  @Parameter
  PushpinVersion version;

  @TempDir
  static Path directory;

  private static final List<Integer> PORTS = Ports.free(2);
  private static final URI DIRECT = URI.create("http://127.0.0.1:" + PORTS.get(0));
  private static final URI DIRECT_TIME = URI.create("http://127.0.0.1:" + PORTS.get(1));
  private static Pushpin pushpin;
  private static Command chat;
  private static Command time;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Chat keeps its lines in another kind of database behind each. */
  @BeforeParameterizedClassInvocation
  static void start(PushpinVersion version) throws IOException {
    pushpin = Pushpin.builder()
        .version(version)
        .route("*,path_beg=/events 127.0.0.1:" + PORTS.get(1))
        .route("* 127.0.0.1:" + PORTS.get(0))
        .start();
    String database = version == PushpinVersion.V1_36
        ? "jdbc:sqlite:" + directory.resolve("chat.db")
        : PostgresServer.shared().newDatabase();
    chat = start(Chat.class, PORTS.get(0), Map.of("DATABASE_URL", database));
    time = start(Time.class, PORTS.get(1), Map.of());
    pushpin.awaitStream("/lobby/events");
    pushpin.awaitStream("/events");
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    chat.close();
    time.close();
    pushpin.close();
  }

  @Test
  void chat_tells_each_line_once_to_members_only_in_both_modes() throws Exception {
    Member ann = enter(pushpin.uri(), "lobby", "ann");
    try (StreamClient stranger = ann.as("").listen(DIRECT)) {
      stranger.expectError("forbidden");
    }
    Member bob = enter(DIRECT, "lobby", "bob");
    ann.say("first <b>");
    List<StreamClient> streams =
        new ArrayList<>(List.of(ann.listen(pushpin.uri()), bob.listen(DIRECT)));
    // Some come while others talk.
    CompletableFuture<?> talk = CompletableFuture.allOf(Stream.of(ann, bob)
        .map(member -> CompletableFuture.runAsync(
            () -> IntStream.range(0, 8).forEach(n -> member.say("line " + n))))
        .toArray(CompletableFuture[]::new));
    while (!talk.isDone()) {
      streams.add(ann.listen(DIRECT));
      streams.add(bob.listen(pushpin.uri()));
    }
    talk.join();
    ann.say("last");

    List<String> all = linesUntilLast(streams.get(0), ann);
    assertThat(all).hasSize(18).startsWith(ann.user + "\nfirst <b>").doesNotHaveDuplicates();
    for (StreamClient stream : streams) {
      if (stream != streams.get(0)) {
        assertThat(linesUntilLast(stream, ann)).isEqualTo(all);
      }
      stream.close();
    }
  }

  @Test
  void chat_sends_away_at_once_and_takes_forms_of_its_own_page_only() throws Exception {
    Member ann = enter(DIRECT, "garden", "ann");
    Member bob = enter(pushpin.uri(), "garden", "bob");
    try (StreamClient one = bob.listen(DIRECT).expectOpen();
        StreamClient two = bob.listen(pushpin.uri()).expectOpen();
        StreamClient other = ann.listen(pushpin.uri()).expectOpen()) {
      assertThat(bob.post("kick", "who", ann.user)).isEqualTo(403);
      assertThat(ann.post("kick", "who", bob.user)).isEqualTo(200);
      one.expectError("forbidden");
      two.expectError("forbidden");
      assertThat(bob.post("say", "text", "still here?")).isEqualTo(403);
      assertThat(bob.post("enter", "name", "bob")).isEqualTo(403);
      ann.say("gone");
      other.expectEvent(ann.user + "\ngone");
    }
    assertThat(ann.post("say", "text", "x".repeat(501))).isEqualTo(400);
    assertThat(ann.post("say", "text", "two\nlines")).isEqualTo(400);
    HttpRequest foreign = ann.form("say", "text", "from elsewhere")
        .header("Origin", "https://evil.example")
        .build();
    assertThat(http.send(foreign, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
    HttpRequest own =
        ann.form("say", "text", "own").header("Origin", DIRECT.toString()).build();
    assertThat(http.send(own, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  @Test
  void time_is_sent_at_once_and_each_second_in_both_modes() {
    for (URI door : List.of(pushpin.uri(), DIRECT_TIME)) {
      try (StreamClient client = StreamClient.open(door.resolve("/events"))) {
        client.expectOpen();
        Instant first = Instant.parse(client.next().data());
        eventually(() ->
            assertThat(Instant.parse(client.next().data())).isAfterOrEqualTo(first.plusSeconds(2)));
      }
    }
  }

  @Test
  void examples_are_short_and_use_the_public_interface_only() throws IOException {
    Pattern ours = Pattern.compile("\\bio\\.gripstream\\.(?!app\\.examples\\b)[a-z.]+");
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        String text = Files.readString(file);
        assertThat(text.lines().count()).as("lines of %s", file).isLessThanOrEqualTo(MAX_LINES);
        assertThat(ours.matcher(text).results().map(found -> found.group()))
            .as("packages that %s names", file)
            .allMatch(name -> name.matches(
                "io\\.gripstream\\.(eventstream(\\.(store|javalin))?|grip(\\.publish)?)\\.?"));
      }
    }
  }

  private static Command start(Class<?> program, int port, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("PORT", Integer.toString(port));
    environment.put("GRIP_URL", pushpin.gripUrl());
    List<String> line = Command.java();
    line.addAll(List.of("-cp", Command.JAR.toString(), program.getName()));
    return Command.start(directory, environment, line);
  }

  private Member enter(URI door, String room, String name)
      throws IOException, InterruptedException {
    HttpResponse<String> entered = http.send(
        new Member(door, room, "", "").form("enter", "name", name).build(),
        BodyHandlers.ofString());
    assertThat(entered.statusCode())
        .as(
            "%s of %s, %s %s",
            entered,
            entered.request().headers(),
            entered.body(),
            entered.headers().map())
        .isEqualTo(200);
    String cookie = entered.headers().firstValue("Set-Cookie").orElseThrow();
    return new Member(door, room, entered.body(), cookie.split(";")[0]);
  }

  private static List<String> linesUntilLast(StreamClient stream, Member ann) {
    List<String> lines = new ArrayList<>();
    while (!lines.contains(ann.user + "\nlast")) {
      StreamEvent event = stream.next();
      if (event.type().equals("line")) {
        lines.add(event.data());
      }
    }
    return lines;
  }

  /** Somebody in a room. */
  private final class Member {
    private final URI door;
    private final String room;
    final String user;
    private final String cookie;

    Member(URI door, String room, String user, String cookie) {
      this.door = door;
      this.room = room;
      this.user = user;
      this.cookie = cookie;
    }

    Member as(String otherCookie) {
      return new Member(door, room, user, otherCookie);
    }

    StreamClient listen(URI where) {
      return StreamClient.open(where.resolve("/" + room + "/events"), session());
    }

    private Map<String, String> session() {
      return cookie.isEmpty() ? Map.of() : Map.of("Cookie", cookie);
    }

    HttpRequest.Builder form(String what, String field, String value) {
      HttpRequest.Builder form = HttpRequest.newBuilder(door.resolve("/" + room + "/" + what))
          .header("Content-Type", "application/x-www-form-urlencoded")
          .POST(BodyPublishers.ofString(
              field + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
      session().forEach(form::header);
      return form;
    }

    int post(String what, String field, String value) {
      return http.sendAsync(form(what, field, value).build(), BodyHandlers.ofString())
          .orTimeout(Duration.ofSeconds(30).toSeconds(), TimeUnit.SECONDS)
          .join()
          .statusCode();
    }

    void say(String text) {
      assertThat(post("say", "text", text)).isEqualTo(200);
    }
  }
}
