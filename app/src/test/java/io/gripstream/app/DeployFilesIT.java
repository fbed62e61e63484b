package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The files in docs/deploy, as far as they can be tried without the machine, the Docker and the
 * Grafana that they are for. nginx.conf is tried by {@link DeploymentIT}.
 */
class DeployFilesIT {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final Path DEPLOY = REPOSITORY.resolve("docs/deploy");
  private static final String KEY = "5d4c3b2a190817263544";

  @TempDir
  static Path directory;

  private static final int PORT = Ports.free(1).get(0);
  private static Pushpin pushpin;
  private static Command server;

  /** Started by what the unit says, in folders as the unit and the image have them. */
  @BeforeAll
  static void start() throws Exception {
    Path top = directory.resolve("opt/gripstream");
    Files.createDirectories(top.resolve("scripts"));
    Files.createDirectories(top.resolve("app/target"));
    Files.copy(REPOSITORY.resolve("scripts/gripstream"), top.resolve("scripts/gripstream"));
    assertThat(top.resolve("scripts/gripstream").toFile().setExecutable(true)).isTrue();
    Files.createSymbolicLink(
        top.resolve("app/target/gripstream.jar"), REPOSITORY.resolve("app/target/gripstream.jar"));
    pushpin = Pushpin.forOrigin(PORT);
    server = Command.start(
        directory,
        Map.of(
            "PORT",
            Integer.toString(PORT),
            "DATABASE_URL",
            "jdbc:sqlite:" + directory.resolve("events.db"),
            "GRIP_URL",
            pushpin.gripUrl(),
            "GRIPSTREAM_API_KEYS",
            KEY),
        List.of(setting(unit(), "ExecStart").split(" ")));
    server.await("ready:");
    pushpin.awaitStream("/events/ready");
  }

  @AfterAll
  static void stop() {
    server.close();
    pushpin.close();
  }

  @Test
  void systemd_takes_the_unit() throws Exception {
    Path file = Files.writeString(directory.resolve("gripstream.service"), unit());
    Command verify =
        Command.start(directory, Map.of(), List.of("systemd-analyze", "verify", file.toString()));
    verify.expectExit(0);
    assertThat(verify.out() + verify.err()).doesNotContain("gripstream");
  }

  @Test
  void the_image_has_all_that_it_copies_and_its_health_check_tells_life_from_death()
      throws Exception {
    String dockerfile = Files.readString(DEPLOY.resolve("Dockerfile"));
    List<String> copied = Pattern.compile("(?m)^COPY (?!--from)(\\S+) ")
        .matcher(dockerfile)
        .results()
        .map(copy -> copy.group(1))
        .toList();
    assertThat(copied)
        .hasSizeGreaterThan(3)
        .allMatch(name -> Files.exists(REPOSITORY.resolve(name)));
    assertThat(dockerfile)
        .contains("ENTRYPOINT [\"/opt/gripstream/scripts/gripstream\"]")
        .contains("USER gripstream");
    String check = dockerfile.substring(dockerfile.indexOf("  CMD [") + "  CMD ".length());
    List<String> line = new ArrayList<>();
    JsonMapper.shared()
        .readTree(check.substring(0, check.indexOf('\n')))
        .forEach(word -> line.add(word.stringValue()));

    Command.start(directory, Map.of("PORT", Integer.toString(PORT)), line).expectExit(0);
    int nobody = Ports.free(1).get(0);
    Command.start(directory, Map.of("PORT", Integer.toString(nobody)), line).expectExit(1);
  }

  @Test
  void the_image_of_your_own_application_runs_the_program_of_its_service() throws Exception {
    String page = Files.readString(REPOSITORY.resolve("docs/your-application.md"));
    String dockerfile =
        page.substring(page.indexOf("```dockerfile\n"), page.indexOf("## How does it stop?"));
    List<String> command = new ArrayList<>();
    JsonMapper.shared()
        .readTree(setting(dockerfile.replace("ENTRYPOINT ", "ENTRYPOINT="), "ENTRYPOINT"))
        .forEach(word -> command.add(word.stringValue()));

    assertThat("/usr/bin/" + String.join(" ", command))
        .isEqualTo(setting(page.substring(page.indexOf("board@.service")), "ExecStart"));
    List<String> copied = Pattern.compile("(?m)^COPY (\\S+) (\\S+)$")
        .matcher(dockerfile)
        .results()
        .map(copy -> copy.group(2).endsWith("/srv/board/" + copy.group(1)) ? copy.group(1) : "?")
        .toList();
    assertThat(copied).containsExactly("target/lib", "target/board-1.jar");
    assertThat(page)
        .contains("<artifactId>board</artifactId>\n  <version>1</version>")
        .contains("<outputDirectory>${project.build.directory}/lib</outputDirectory>");
  }

  @Test
  void the_parts_of_the_compose_file_hold_together() throws Exception {
    String text = Files.readString(DEPLOY.resolve("compose.yaml"));
    JsonNode services = YAMLMapper.shared().readTree(text).required("services");
    Set<String> names = Set.copyOf(services.propertyNames());
    assertThat(names)
        .containsExactlyInAnyOrder("gripstream-1", "gripstream-2", "pushpin", "postgres");
    JsonNode pushpinService = services.required("pushpin");
    pushpinService
        .required("depends_on")
        .forEach(other -> assertThat(names).contains(other.stringValue()));
    // Its command is run by PushpinImageIT. A program that reaches a control port can publish to
    // every client.
    List<String> published = new ArrayList<>();
    pushpinService.required("ports").forEach(port -> published.add(port.stringValue()));
    assertThat(published).containsExactly("7999:7999");

    Set<String> wanted = Pattern.compile("\\$\\{(\\w+)")
        .matcher(text)
        .results()
        .map(use -> use.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
    Set<String> given = Files.readAllLines(DEPLOY.resolve("compose.env.example")).stream()
        .filter(row -> !row.startsWith("#"))
        .map(row -> row.substring(0, row.indexOf('=')))
        .collect(Collectors.toCollection(TreeSet::new));
    assertThat(given).isEqualTo(wanted);
  }

  @Test
  void the_parts_of_the_kubernetes_file_hold_together_and_its_probes_are_answered()
      throws Exception {
    JsonNode pods = null;
    Set<String> services = new TreeSet<>();
    try (MappingIterator<JsonNode> all = YAMLMapper.shared()
        .readerFor(JsonNode.class)
        .readValues(DEPLOY.resolve("kubernetes.yaml").toFile())) {
      while (all.hasNext()) {
        JsonNode one = all.next();
        String name = one.at("/metadata/name").stringValue();
        switch (one.required("kind").stringValue()) {
          case "StatefulSet" -> pods = one.required("spec");
          case "Service" -> services.add(name);
          case "ConfigMap" ->
            assertThat(one.at("/data/routes").stringValue())
                .isEqualTo(Files.readAllLines(REPOSITORY.resolve("pushpin/routes")).stream()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line + "\n")
                    .collect(Collectors.joining()));
          default -> {}
        }
      }
    }
    assertThat(services).contains(pods.required("serviceName").stringValue());
    JsonNode first = pods.at("/template/spec/containers/0");
    for (String probe : List.of("readinessProbe", "livenessProbe")) {
      String path = first.required(probe).at("/httpGet/path").stringValue();
      try (StreamClient answer = StreamClient.open(URI.create("http://127.0.0.1:" + PORT + path))) {
        assertThat(answer.status()).as(path).isEqualTo(200);
      }
    }
    List<String> hosts = Pattern.compile("http://([^.]+)\\.([^:]+):5561\\?verify-iss=pushpin")
        .matcher(first.required("env").toString())
        .results()
        .map(use -> use.group(1) + "." + use.group(2))
        .toList();
    assertThat(hosts).hasSize(pods.required("replicas").intValue());
    for (int i = 0; i < hosts.size(); i++) {
      assertThat(hosts.get(i)).isEqualTo("gripstream-" + i + ".gripstream-pods");
    }
  }

  @Test
  void the_dashboard_and_the_alarms_ask_for_metrics_that_there_are() throws Exception {
    HttpRequest publish = HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + PORT + "/api/publish"))
        .header("X-API-Key", KEY)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString("{\"channel\":\"news\",\"data\":\"x\"}"))
        .build();
    assertThat(HttpClient.newHttpClient().send(publish, BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
    JsonNode dashboard =
        JsonMapper.shared().readTree(DEPLOY.resolve("grafana.json").toFile());
    Set<String> asked = new TreeSet<>();
    Pattern name = Pattern.compile("\\bgripstream_\\w+");
    dashboard
        .required("panels")
        .forEach(panel -> panel
            .required("targets")
            .forEach(target -> name.matcher(target.required("expr").stringValue())
                .results()
                .forEach(use -> asked.add(use.group()))));
    assertThat(asked).hasSizeGreaterThan(10);
    name.matcher(Files.readString(REPOSITORY.resolve("docs/deploy.md")))
        .results()
        .forEach(use -> asked.add(use.group()));
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + PORT + "/metrics"))
        .header("X-API-Key", KEY)
        .build();
    Eventually.eventually(() -> {
      String metrics =
          HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
      Set<String> exposed = name.matcher(metrics)
          .results()
          .map(use -> use.group())
          .collect(Collectors.toCollection(TreeSet::new));
      assertThat(exposed).containsAll(asked);
    });
  }

  /** The unit, with the folders of this test. */
  private static String unit() throws Exception {
    return Files.readString(DEPLOY.resolve("gripstream.service"))
        .replace("/opt/gripstream/scripts", directory + "/opt/gripstream/scripts");
  }

  private static String setting(String unit, String name) {
    return unit.lines()
        .filter(line -> line.startsWith(name + "="))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElseThrow();
  }
}
