package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.server.TestServer;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Makes the table of {@code docs/troubleshooting.md}: the failures of a first day, typed, and what
 * each prints. One line, and it says what to do.
 */
class TroubleshootingTest {
  private static final String SECRET = "0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f";
  private static final String KEY = "3f9a8b7c6d5e4f3a2b1c";
  private static final String SHOWN_DIRECTORY = "/srv";
  private static final Path PAGE = Path.of("../docs/troubleshooting.md");

  @TempDir
  Path directory;

  private final List<Integer> ports = Ports.free(2);
  private final Map<String, String> shown = new HashMap<>();
  private final List<String> rows = new ArrayList<>();

  @Test
  void the_page_has_what_every_failure_prints() throws IOException {
    shown.put(directory.toString(), SHOWN_DIRECTORY);
    shown.put(SECRET, "…");
    shown.put(":" + ports.get(0), ":8080");
    shown.put(":" + ports.get(1), ":5561");
    shown.put("PORT=" + ports.get(0), "PORT=8080");
    shown.put("port " + ports.get(0), "port 8080");

    words();
    configuration();
    keys();
    storage();
    proxies();
    publishing();
    reading();
    tokens();

    String table = Stream.concat(
            Stream.of("| what was typed | exit code | what it printed |", "|---|---|---|"),
            rows.stream())
        .reduce("", (all, row) -> all + row + "\n");
    Files.writeString(Path.of("target/troubleshooting.md"), table);
    assertThat(rows).hasSizeGreaterThanOrEqualTo(40);
    assertThat(Files.readString(PAGE))
        .as("the table of docs/troubleshooting.md is the one in target/troubleshooting.md")
        .contains(table);
  }

  private void words() {
    fails(Map.of(), "srve");
    fails(Map.of(), "publish", "--typ", "alarm", "news", "Hello");
    fails(Map.of(), "publish");
  }

  private void configuration() throws IOException {
    fails(Map.of("GRIPSTREAM_PRT", "80"), "serve");
    fails(Map.of("PORT", "80 80"), "serve");
    fails(Map.of("GRIPSTREAM_HOST", "localhost:8080"), "serve");
    fails(Map.of("GRIPSTREAM_HISTORY_TTL", "1 day"), "serve");
    fails(Map.of(), "serve", "--config", "none.yaml");
    withFile("a.yaml", "prt: 80\n");
    withFile("b.yaml", "cors: [https://app.example]\n");
    withFile("c.yaml", "routes:\n  - path: /news\n    channels: [news, ]\n  -\n");
    withFile("d.yaml", "unreliable: [1.10]\n");
    withFile("e.yaml", "port: 80\nport: 81\n");
    Files.write(directory.resolve("f.yaml"), new byte[] {'h', 'o', 's', 't', ':', (byte) 0xe4});
    fails(Map.of(), "checkconfig", "--config", directory.resolve("f.yaml").toString());
  }

  private void withFile(String name, String content) throws IOException {
    Path file = Files.writeString(directory.resolve(name), content);
    fails(Map.of(), "checkconfig", "--config", file.toString());
  }

  private void keys() {
    fails(Map.of("GRIPSTREAM_HOST", "0.0.0.0"), "serve");
    fails(Map.of("GRIPSTREAM_API_KEYS", "short"), "serve");
    fails(Map.of("GRIPSTREAM_API_KEYS", "changeme-changeme"), "serve");
    fails(Map.of("GRIPSTREAM_API_KEYS", "\"" + KEY + "\""), "serve");
    fails(Map.of("GRIPSTREAM_TOKEN_SECRET", "short"), "serve");
    fails(Map.of("GRIPSTREAM_TOKEN_PUBLIC_KEY", "nonsense"), "serve");
    fails(Map.of("GRIPSTREAM_TOKEN_JWKS_URL", "https://id.example/keys"), "serve");
  }

  private void storage() throws IOException {
    fails(Map.of("DATABASE_URL", "mysql://db/app"), "serve");
    fails(Map.of("DATABASE_URL", "redis://db"), "serve");
    fails(Map.of("DATABASE_URL", "jdbc:sqlite:" + directory + "/none/events.db"), "migrate");
    Path text = Files.writeString(directory.resolve("notes.txt"), "no database ".repeat(100));
    fails(Map.of("DATABASE_URL", "jdbc:sqlite:" + text), "migrate");
    fails(Map.of("DATABASE_URL", "none"), "migrate");
    try (ServerSocket taken = new ServerSocket(ports.get(0), 1, InetAddress.getLoopbackAddress())) {
      fails(Map.of("PORT", "" + taken.getLocalPort(), "DATABASE_URL", database()), "serve");
    }
  }

  private void proxies() {
    fails(Map.of("GRIP_URL", "127.0.0.1:5561"), "serve");
    fails(Map.of("GRIP_URL", "http://127.0.0.1:5561?iss=realm"), "serve");
    fails(
        Map.of("GRIP_URL", "http://127.0.0.1:" + ports.get(1), "DATABASE_URL", "none"),
        "publish",
        "news",
        "Hello");
    fails(
        Map.of("GRIP_URL", "http://127.0.0.1:5561", "GRIPSTREAM_PUBLIC_URL", "localhost:7999"),
        "serve");
  }

  private void publishing() throws IOException {
    fails(Map.of("DATABASE_URL", "none"), "publish", "news", "Hello");
    Map<String, String> stored = Map.of("DATABASE_URL", database());
    fails(stored, "publish", "", "Hello");
    fails(stored, "publish", "--type", "stream-open", "news", "Hello");
    fails(stored, "publish", "--file", "none.ndjson");
    fails(stored, "publish", "--file", "events.ndjson", "news");
  }

  private void reading() {
    String url = "http://127.0.0.1:" + ports.get(0);
    fails(Map.of("PORT", "" + ports.get(0)), "tail", "news");
    fails(Map.of(), "tail", "news", "--url", "127.0.0.1:8080");
    Map<String, String> environment = new HashMap<>(Map.of(
        "PORT",
        "" + ports.get(0),
        "DATABASE_URL",
        database(),
        "GRIPSTREAM_API_KEYS",
        KEY,
        "GRIPSTREAM_ANONYMOUS_SUBSCRIBE",
        "none"));
    try (TestServer server = TestServer.start(environment)) {
      assertThat(server.url()).isEqualTo(url);
      fails(Map.of(), "tail", "news", "--url", url);
    }
  }

  private void tokens() throws IOException {
    Map<String, String> environment = Map.of("GRIPSTREAM_TOKEN_SECRET", SECRET);
    fails(Map.of(), "gentoken", "--sub", "ann");
    fails(environment, "gentoken", "--sub", "ann", "--ttl", "tomorrow");
    fails(Map.of(), "checktoken", "--token-file", file("token", "x"));
    fails(environment, "checktoken", "--token-file", file("token", "x"));
    fails(environment, "checktoken", "--token-file", "none");
    Map<String, String> audience = new HashMap<>(environment);
    audience.put("GRIPSTREAM_TOKEN_AUDIENCE", "another");
    String token = CommandLineRun.of(audience, "gentoken", "--sub", "ann").out();
    audience.put("GRIPSTREAM_TOKEN_AUDIENCE", "this");
    fails(audience, "checktoken", "--token-file", file("token", token));
  }

  private String database() {
    return "jdbc:sqlite:" + directory.resolve("events.db");
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content, StandardCharsets.UTF_8)
        .toString();
  }

  /** Types it, and takes down what it printed. */
  private void fails(Map<String, String> environment, String... arguments) {
    CommandLineRun run = CommandLineRun.of(environment, arguments);
    StringBuilder typed = new StringBuilder();
    environment.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(variable -> typed
            .append(variable.getKey())
            .append('=')
            .append(quoted(variable.getValue()))
            .append(' '));
    typed.append("gripstream");
    for (String argument : arguments) {
      typed.append(' ').append(quoted(argument));
    }
    String printed = run.err().strip();
    assertThat(printed).as("%s", typed).hasLineCount(1).startsWith("gripstream: ");
    assertThat(printed).as("%s", typed).doesNotContain("Exception");
    assertThat(run.code()).as("%s", typed).isIn(1, 2);
    rows.add("| `" + shown(typed.toString()) + "` | " + run.code() + " | "
        + shown(printed.substring("gripstream: ".length())) + " |");
  }

  private static String quoted(String word) {
    return word.matches("[\\w./:=,*@-]+") ? word : "'" + word + "'";
  }

  private String shown(String text) {
    String result = text;
    for (Map.Entry<String, String> pair : shown.entrySet()) {
      result = result.replace(pair.getKey(), pair.getValue());
    }
    return result.replace("|", "\\|").replace("<", "&lt;");
  }
}
