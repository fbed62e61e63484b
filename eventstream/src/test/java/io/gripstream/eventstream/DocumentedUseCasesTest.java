package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.CuttableLine;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamEvent;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.testkit.Ports;
import io.javalin.Javalin;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Runs the longer examples of the guides. */
class DocumentedUseCasesTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String IMPORTS = """
      import io.gripstream.eventstream.*;
      import io.gripstream.eventstream.javalin.*;
      import io.javalin.Javalin;
      import io.javalin.http.*;
      import io.jsonwebtoken.*;
      import io.jsonwebtoken.security.Keys;
      import java.nio.file.Files;
      import java.nio.file.Path;
      import java.util.*;
      import java.util.function.*;
      import org.jspecify.annotations.Nullable;

      """;

  @TempDir
  Path directory;

  @Test
  void token_opens_the_channels_that_it_names_until_it_expires() throws Exception {
    Path secret = Files.writeString(directory.resolve("token.secret"), SECRET);
    String lines =
        block("docs/authorization.md", "Jwts.parser()").replace("token.secret", secret.toString());
    Javalin shop = (Javalin) JavaExample.run(directory, IMPORTS + """
        public class Example {
          public static Object run() throws Exception {
        """ + lines + """
            return shop;
          }
        }
        """);
    URI uri = URI.create("http://127.0.0.1:" + Ports.free(1).get(0) + "/events?channel=orders");
    shop.start("127.0.0.1", uri.getPort());
    try (StreamClient none = StreamClient.open(uri);
        StreamClient forged = open(uri, token("other", 60));
        StreamClient alice = open(uri, token("shop", 60));
        StreamClient other = open(URI.create(uri + "&channel=secret"), token("shop", 60));
        StreamClient shortly = open(uri, token("shop", 5))) {
      assertThat(none.status()).isEqualTo(401);
      assertThat(forged.status()).isEqualTo(401);
      alice.expectOpen();
      other.expectError("forbidden");
      shortly.expectOpen().expectError("token-expired");
    } finally {
      shop.stop();
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void answer_of_a_model_is_read_whole_by_a_client_that_is_cut_and_by_a_late_one()
      throws Exception {
    BiConsumer<EventStream, Iterator<String>> answer =
        (BiConsumer<EventStream, Iterator<String>>) JavaExample.run(
            directory, IMPORTS + """
            public class Example {
              public static Object run() {
                return (BiConsumer<EventStream, Iterator<String>>) (events, tokens) -> {
            """ + block("docs/embedding.md", "tokens.hasNext()") + """
                };
              }
            }
            """);
    List<String> words =
        Stream.iterate(0, n -> n + 1).limit(100).map(n -> " w" + n + "\n").toList();
    try (StreamServer server = StreamServer.start()) {
      Iterator<String> slow = words.stream().peek(word -> pause()).iterator();
      StreamClient early = server.open("/events/answer-42").expectOpen();
      CompletableFuture<Void> model =
          CompletableFuture.runAsync(() -> answer.accept(server.events(), slow));
      StringBuilder text = new StringBuilder();
      append(text, early.next());
      StreamEvent lastSeen = early.next();
      append(text, lastSeen);
      early.close();
      try (StreamClient again = server.resume("/events/answer-42", lastSeen.id())) {
        readToEnd(text, again);
      }
      model.join();
      StringBuilder late = new StringBuilder();
      try (StreamClient newcomer = server.resume("/events/answer-42", "earliest")) {
        readToEnd(late, newcomer);
      }
      assertThat(text.toString()).isEqualTo(String.join("", words)).isEqualTo(late.toString());
    }
  }

  @Test
  void python_client_resumes_after_a_cut() throws Exception {
    Path program = python();
    try (StreamServer server = StreamServer.start();
        CuttableLine line = CuttableLine.to(server.port())) {
      Process client = new ProcessBuilder(
              "python3", program.toString(), "http://127.0.0.1:" + line.port() + "/events/news")
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
      try (BufferedReader printed = new BufferedReader(
          new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
        assertThat(printed.readLine()).isEqualTo("stream-open ");
        server.events().send("news", "message", "first");
        assertThat(printed.readLine()).isEqualTo("message first");
        line.cut();
        server.events().send("news", "said", "missed ä");
        assertThat(printed.readLine()).isEqualTo("stream-open ");
        assertThat(printed.readLine()).isEqualTo("said missed ä");
        server.events().send("news", "message", "live");
        assertThat(printed.readLine()).isEqualTo("message live");
      } finally {
        client.destroyForcibly();
      }
    }
  }

  @Test
  void python_client_returns_after_a_cut_inside_a_chunk_and_after_each_passing_refusal()
      throws Exception {
    String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
    Iterator<String> answers = List.of(
            "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
            head + "Transfer-Encoding: chunked\r\n\r\n40\r\nid: a:1\ndata: one\n\n",
            "HTTP/1.1 425 Too Early\r\nContent-Length: 0\r\n\r\n",
            head + "\r\ndata: two\n\nevent: stream-error\nid: error\ndata: {}\n\n")
        .iterator();
    Path program = python();
    try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> answer(listening, answers));
      Process client = new ProcessBuilder(
              "python3",
              program.toString(),
              "http://127.0.0.1:" + listening.getLocalPort() + "/events/news")
          .redirectErrorStream(true)
          .start();
      try (BufferedReader printed = new BufferedReader(
          new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
        assertThat(printed.lines())
            .containsExactly("message one", "message two", "stream-error {}");
        served.get(10, TimeUnit.SECONDS);
      } finally {
        client.destroyForcibly();
      }
    }
  }

  private static void answer(ServerSocket listening, Iterator<String> answers) {
    try {
      while (answers.hasNext()) {
        try (Socket client = listening.accept()) {
          BufferedReader request = new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
          while (!request.readLine().isEmpty()) {
            // The next header.
          }
          client.getOutputStream().write(answers.next().getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path python() throws IOException {
    Matcher python = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(Path.of("../docs/native-clients.md")));
    assertThat(python.find()).isTrue();
    return Files.writeString(directory.resolve("client.py"), python.group(1));
  }

  private static String block(String document, String has) throws Exception {
    return JavaExample.blocks(document)
        .filter(lines -> lines.contains(has))
        .findFirst()
        .orElseThrow();
  }

  private static StreamClient open(URI uri, String token) {
    return StreamClient.open(uri, Map.of("Authorization", "Bearer " + token));
  }

  private static String token(String issuer, int seconds) {
    return Jwts.builder()
        .issuer(issuer)
        .subject("alice")
        .claim("channels", List.of("orders"))
        .expiration(Date.from(Instant.now().plusSeconds(seconds)))
        .signWith(Keys.hmacShaKeyFor(SECRET.getBytes(StandardCharsets.US_ASCII)))
        .compact();
  }

  /** A model is slower than the pieces are sent. */
  private static void pause() {
    LockSupport.parkNanos(3_000_000);
  }

  private static void readToEnd(StringBuilder text, StreamClient stream) {
    StreamEvent event = stream.next();
    while (!event.type().equals("done")) {
      append(text, event);
      event = stream.next();
    }
  }

  private static void append(StringBuilder text, StreamEvent event) {
    if (event.type().equals("piece")) {
      text.append(JsonMapper.shared().readTree(event.data()).stringValue());
    }
  }
}
