package io.gripstream.app.cli;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.Certificate;
import io.gripstream.app.Nginx;
import io.gripstream.app.server.TestServer;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Makes the table of {@code docs/troubleshooting.md}: the failures of a first day, typed, and what
 * each prints. One line, and it says what to do.
 */
class TroubleshootingTest {
  private static final String SECRET = "0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f";
  private static final String KEY = "3f9a8b7c6d5e4f3a2b1c";
  private static final Path PAGE = Path.of("../docs/troubleshooting.md");

  @TempDir
  Path directory;

  private final List<Integer> ports = Ports.free(2);
  private final TypedFailures typed = new TypedFailures();

  @Test
  void the_page_has_the_message_of_every_failure() throws IOException {
    typed.show(directory.toString(), "/srv");
    typed.show(SECRET, "…");
    typed.show(":" + ports.get(0), ":8080");
    typed.show(":" + ports.get(1), ":5561");
    typed.show("PORT=" + ports.get(0), "PORT=8080");
    typed.show("port " + ports.get(0), "port 8080");

    words();
    configuration();
    keys();
    storage();
    proxies();
    publishing();
    reading();
    tokens();

    assertThat(typed.rows()).hasSizeGreaterThanOrEqualTo(40);
    typed.expectOn(PAGE, Path.of("target/troubleshooting.md"));
  }

  private void words() {
    typed.fails(Map.of(), "srve");
    typed.fails(Map.of(), "publish", "--typ", "alarm", "news", "Hello");
    typed.fails(Map.of(), "publish");
  }

  private void configuration() throws IOException {
    typed.fails(Map.of("GRIPSTREAM_PRT", "80"), "serve");
    typed.fails(Map.of("PORT", "80 80"), "serve");
    typed.fails(Map.of("GRIPSTREAM_HOST", "localhost:8080"), "serve");
    typed.fails(Map.of("GRIPSTREAM_HISTORY_TTL", "1 day"), "serve");
    typed.fails(Map.of(), "serve", "--config", "none.yaml");
    withFile("a.yaml", "prt: 80\n");
    withFile("b.yaml", "cors: [https://app.example]\n");
    withFile("c.yaml", "routes:\n  - path: /news\n    channels: [news, ]\n  -\n");
    withFile("d.yaml", "trusted_proxies: [1.10]\n");
    withFile("e.yaml", "port: 80\nport: 81\n");
    Files.write(directory.resolve("f.yaml"), new byte[] {'h', 'o', 's', 't', ':', (byte) 0xe4});
    typed.fails(Map.of(), "checkconfig", "--config", directory.resolve("f.yaml").toString());
  }

  private void withFile(String name, String content) throws IOException {
    Path file = Files.writeString(directory.resolve(name), content);
    typed.fails(Map.of(), "checkconfig", "--config", file.toString());
  }

  private void keys() {
    typed.fails(Map.of("GRIPSTREAM_HOST", "0.0.0.0"), "serve");
    typed.fails(Map.of("GRIPSTREAM_API_KEYS", "short"), "serve");
    typed.fails(Map.of("GRIPSTREAM_API_KEYS", "changeme-changeme"), "serve");
    typed.fails(Map.of("GRIPSTREAM_API_KEYS", "\"" + KEY + "\""), "serve");
    typed.fails(Map.of("GRIPSTREAM_TOKEN_SECRET", "short"), "serve");
    typed.fails(Map.of("GRIPSTREAM_TOKEN_PUBLIC_KEY", "nonsense"), "serve");
    typed.fails(Map.of("GRIPSTREAM_TOKEN_JWKS_URL", "https://id.example/keys"), "serve");
  }

  private void storage() throws IOException {
    typed.fails(Map.of("DATABASE_URL", "mysql://db/app"), "serve");
    typed.fails(Map.of("DATABASE_URL", "redis://db/main"), "serve");
    typed.fails(Map.of("DATABASE_URL", "jdbc:sqlite:" + directory + "/none/events.db"), "migrate");
    Path text = Files.writeString(directory.resolve("notes.txt"), "no database ".repeat(100));
    typed.fails(Map.of("DATABASE_URL", "jdbc:sqlite:" + text), "migrate");
    typed.fails(Map.of("DATABASE_URL", "none"), "migrate");
    try (ServerSocket taken = new ServerSocket(ports.get(0), 1, InetAddress.getLoopbackAddress())) {
      typed.fails(Map.of("PORT", "" + taken.getLocalPort(), "DATABASE_URL", database()), "serve");
    }
  }

  private void proxies() {
    typed.fails(Map.of("GRIP_URL", "127.0.0.1:5561"), "serve");
    typed.fails(Map.of("GRIP_URL", "http://127.0.0.1:5561?iss=realm"), "serve");
    typed.fails(
        Map.of("GRIP_URL", "http://127.0.0.1:" + ports.get(1), "DATABASE_URL", "none"),
        "publish",
        "news",
        "Hello");
    typed.fails(
        Map.of("GRIP_URL", "http://127.0.0.1:5561", "GRIPSTREAM_PUBLIC_URL", "localhost:7999"),
        "serve");
  }

  private void publishing() throws IOException {
    typed.fails(Map.of("DATABASE_URL", "none"), "publish", "news", "Hello");
    Map<String, String> stored = Map.of("DATABASE_URL", database());
    typed.fails(stored, "publish", "", "Hello");
    typed.fails(stored, "publish", "--type", "stream-open", "news", "Hello");
    typed.fails(stored, "publish", "--file", "none.ndjson");
    typed.fails(stored, "publish", "--file", "events.ndjson", "news");
  }

  private void reading() {
    String url = "http://127.0.0.1:" + ports.get(0);
    typed.fails(Map.of("PORT", "" + ports.get(0)), "tail", "news");
    typed.fails(Map.of(), "tail", "news", "--url", "127.0.0.1:8080");
    Map<String, String> environment = new HashMap<>(Map.of(
        "PORT",
        "" + ports.get(0),
        "DATABASE_URL",
        database(),
        "GRIPSTREAM_API_KEYS",
        KEY,
        "GRIPSTREAM_CHANNEL_RULES",
        "[{channels: '*', anonymous: false}]"));
    try (TestServer server = TestServer.start(environment)) {
      assertThat(server.url()).isEqualTo(url);
      typed.fails(Map.of(), "tail", "news", "--url", url);
    }
  }

  private void tokens() throws IOException {
    Map<String, String> environment = Map.of("GRIPSTREAM_TOKEN_SECRET", SECRET);
    typed.fails(Map.of(), "gentoken", "--sub", "ann");
    typed.fails(environment, "gentoken", "--sub", "ann", "--ttl", "tomorrow");
    typed.fails(Map.of(), "checktoken", "--token-file", file("token", "x"));
    typed.fails(environment, "checktoken", "--token-file", file("token", "x"));
    typed.fails(environment, "checktoken", "--token-file", "none");
    Map<String, String> audience = new HashMap<>(environment);
    audience.put("GRIPSTREAM_TOKEN_AUDIENCE", "another");
    String token = CommandLineRun.of(audience, "gentoken", "--sub", "ann").out();
    audience.put("GRIPSTREAM_TOKEN_AUDIENCE", "this");
    typed.fails(audience, "checktoken", "--token-file", file("token", token));
    String ofAnIssuer = Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"alg\":\"RS256\",\"kid\":\"1\"}".getBytes(StandardCharsets.UTF_8))
        + ".e30.AAAA";
    file("token", ofAnIssuer);
    checkTokenOfIssuer("http://127.0.0.1:" + ports.get(0));
    Certificate certificate = Certificate.create(directory);
    Nginx nginx = Nginx.start(
        directory, "", """
        listen 127.0.0.1:%d ssl;
        ssl_certificate %s;
        ssl_certificate_key %s;
        """.formatted(ports.get(0), certificate.certificate(), certificate.key()));
    try {
      // The first handshake of a process may take longer than a key set is waited for.
      String issuer = "https://localhost:" + ports.get(0);
      eventually(
          () -> assertThat(CommandLineRun.of(issuerAt(issuer), tokenCheck()).err())
              .contains("certificate"));
      checkTokenOfIssuer(issuer);
    } finally {
      nginx.close();
    }
  }

  private void checkTokenOfIssuer(String address) {
    typed.fails(issuerAt(address), tokenCheck());
  }

  private static Map<String, String> issuerAt(String address) {
    return Map.of(
        "GRIPSTREAM_TOKEN_JWKS_URL",
        address + "/keys",
        "GRIPSTREAM_TOKEN_ISSUER",
        "https://id.example");
  }

  private String[] tokenCheck() {
    return new String[] {
      "checktoken", "--token-file", directory.resolve("token").toString()
    };
  }

  private String database() {
    return "jdbc:sqlite:" + directory.resolve("events.db");
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content, StandardCharsets.UTF_8)
        .toString();
  }
}
