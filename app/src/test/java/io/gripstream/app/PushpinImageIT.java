package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The start of the image {@code fanout/pushpin:1.41.0-1} with our configuration, without Docker:
 * Pushpin 1.41 under its user's number, after what its entrypoint does, in folders that stand for
 * the image's. A stream, an event, and one that was missed make their way through.
 */
class PushpinImageIT {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final Path SHIPPED = REPOSITORY.resolve("pushpin");
  private static final String KEY = "b1946ac92492d2347c6235b4d2611184";
  private static final String USER = "1001";

  /**
   * As its build files say. The first argument stands for {@code /etc/pushpin}; the others are the
   * command.
   */
  private static final String ENTRYPOINT = """
      config=$1/pushpin.conf; routes=$1/routes; shift
      if [ -w "$config" ]; then
        sed -i \\
          -e 's/services=.*/services=condure,pushpin-proxy,pushpin-handler/' \\
          -e 's,push_in_spec=.*,push_in_spec=tcp://*:5560,' \\
          -e 's/push_in_http_addr=.*/push_in_http_addr=0.0.0.0/' \\
          -e 's,push_in_sub_specs=.*,push_in_sub_spec=tcp://*:5562,' \\
          -e 's,command_spec=.*,command_spec=tcp://*:5563,' \\
          -e 's/^http_port=.*/http_port=7999/' "$config"
      else
        echo "readonly"
      fi
      if [ -v target ]; then echo "* $target,over_http" > "$routes"; fi
      exec "$@"
      """;

  @TempDir
  Path directory;

  private final int clients = Ports.free(1).get(0);
  private final int control = Ports.free(1).get(0);
  private final int origin = Ports.free(1).get(0);
  private final List<Command> started = new ArrayList<>();
  /** Short, for the sockets in it, and open to that user. */
  private Path image;

  private String pushpin;

  @BeforeEach
  void unpack() throws Exception {
    image = Files.createTempDirectory(Path.of("/tmp"), "im");
    Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path program = Path.of(run(List.of(REPOSITORY + "/scripts/get-pushpin", "1.41")));
    if (program.startsWith(REPOSITORY)) {
      // Where the repository is, that user may not be let in.
      run(List.of("cp", "-r", program.getParent().getParent().toString(), image + "/pushpin"));
      pushpin = image + "/pushpin/bin/pushpin";
    } else {
      pushpin = program.toString();
    }
    for (String folder : List.of("etc", "run", "tmp")) {
      Files.createDirectory(image.resolve(folder));
    }
  }

  @AfterEach
  void stop() {
    Collections.reverse(started);
    started.forEach(Command::close);
    run(List.of("rm", "-rf", image.toString()));
  }

  @Test
  void configuration_of_the_compose_file_works() throws Exception {
    JsonNode service = YAMLMapper.shared()
        .readTree(REPOSITORY.resolve("docs/deploy/compose.yaml").toFile())
        .required("services")
        .required("pushpin");
    assertThat(service.required("image").stringValue()).isEqualTo("fanout/pushpin:1.41.0-1");
    List<String> command = new ArrayList<>();
    service.required("command").forEach(word -> command.add(word.stringValue()));
    Files.createSymbolicLink(image.resolve("shipped"), image.resolve("copy"));
    run(List.of("cp", "-r", SHIPPED.toString(), image + "/copy"));
    replace(image.resolve("copy/pushpin-1.41.conf"), this::here);
    replace(image.resolve("copy/routes.several"), routes -> routes);
    String steps = command
        .get(2)
        .replace("$$", "$")
        .replace("gripstream-1:8080", "127.0.0.1:" + origin)
        .replace("gripstream-2:8080", "127.0.0.1:" + origin)
        .replace("=0.0.0.0:7999", "=0.0.0.0:" + clients)
        .replace("/shipped", image + "/shipped")
        .replace("/tmp/pushpin", image + "/tmp/pushpin")
        .replace("exec pushpin", "exec " + pushpin);
    own();

    enter(Map.of("GRIP_VERIFY_KEY", KEY), List.of(command.get(0), command.get(1), steps));

    theMainJobIsDone();
    assertThat(Files.readString(image.resolve("tmp/pushpin/pushpin.conf")))
        .contains("\nsig_key=" + KEY + "\n", "\npush_in_http_addr=0.0.0.0\n");
  }

  @Test
  void configuration_that_is_mounted_read_only_stays_as_it_is() throws Exception {
    configure();
    String before = Files.readString(image.resolve("etc/pushpin.conf"));
    own();
    run(List.of("chmod", "-R", "a-w", image + "/etc"));

    Command command = enter(Map.of(), imageCommand());

    command.await("readonly");
    theMainJobIsDone();
    assertThat(Files.readString(image.resolve("etc/pushpin.conf"))).isEqualTo(before);
  }

  @Test
  void configuration_survives_the_edit_of_the_entrypoint_and_a_route_over_http() throws Exception {
    configure();
    Files.writeString(image.resolve("etc/routes"), "* 127.0.0.1:1\n");
    own();

    enter(Map.of("target", "127.0.0.1:" + origin), imageCommand());

    theMainJobIsDone();
    assertThat(Files.readString(image.resolve("etc/routes")))
        .isEqualTo("* 127.0.0.1:" + origin + ",over_http\n");
    assertThat(Files.readString(image.resolve("etc/pushpin.conf")))
        .contains(
            "\nservices=condure,pushpin-proxy,pushpin-handler\n",
            "\nsig_key=" + KEY + "\n",
            "\nupdate_on_first_subscription=false\n",
            "\npush_in_http_port=" + control + "\n")
        // ZeroMQ ports, with which others could publish.
        .doesNotContain(":5560", ":5562", ":5563");
  }

  private List<String> imageCommand() {
    // Its port of clients is fixed.
    return List.of(
        pushpin,
        "--merge-output",
        "--port",
        "127.0.0.1:" + clients,
        "--config",
        image + "/etc/pushpin.conf");
  }

  /** As docs/deploy.md says, in what is mounted at {@code /etc/pushpin}. */
  private void configure() throws Exception {
    Path config = image.resolve("etc/pushpin.conf");
    Files.copy(SHIPPED.resolve("pushpin-1.41.conf"), config);
    replace(config, text -> here(text).replaceAll("(?m)^sig_key=.*", "sig_key=" + KEY));
    Files.copy(SHIPPED.resolve("routes"), image.resolve("etc/routes"));
    replace(
        image.resolve("etc/routes"), text -> text.replace("127.0.0.1:8080", "127.0.0.1:" + origin));
  }

  /** The differences on a shared machine with an unpacked Pushpin. */
  private String here(String text) {
    String unpacked = pushpin.startsWith(image.toString())
        ? "[global]\nlibdir=" + image + "/pushpin/lib/pushpin\n"
        : "[global]\n";
    return text.replace("[global]\n", unpacked)
        .replaceAll("(?m)^rundir=.*", "rundir=" + image + "/run")
        .replaceAll("(?m)^push_in_http_port=.*", "push_in_http_port=" + control);
  }

  private static void replace(Path file, UnaryOperator<String> change) throws Exception {
    Files.writeString(file, change.apply(Files.readString(file)));
  }

  /** The image's user owns what he owns in the image, and nothing else. */
  private void own() {
    if (isRoot()) {
      run(List.of(
          "chown", "-R", USER + ":" + USER, image + "/etc", image + "/run", image + "/tmp"));
    }
  }

  /** Starts the entrypoint as the image's user; as ourselves if we may not become him. */
  private Command enter(Map<String, String> environment, List<String> command) {
    List<String> line = new ArrayList<>();
    if (isRoot()) {
      line.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "--"));
    }
    line.addAll(List.of("bash", "-ec", ENTRYPOINT, "entrypoint", image + "/etc"));
    line.addAll(command);
    Command entered = Command.start(directory, environment, line);
    started.add(entered);
    return entered;
  }

  private void theMainJobIsDone() {
    Map<String, String> settings = Map.of(
        "DATABASE_URL",
        "jdbc:sqlite:" + directory.resolve("events.db"),
        "GRIP_URL",
        "http://127.0.0.1:" + control + "?verify-iss=pushpin",
        "GRIP_VERIFY_KEY",
        KEY);
    String uri = "http://127.0.0.1:" + clients;
    Command server = Command.gripstream(
        directory, settings, "serve", "--port", Integer.toString(origin), "--public-url", uri);
    started.add(server);
    server.await("ready: " + uri);
    URI events = URI.create(uri + "/events/news");
    String seen;
    try (StreamClient client = StreamClient.open(events)) {
      client.expectOpen();
      publish(settings, "here");
      client.expectEvent("here");
      seen = client.lastId();
    }
    publish(settings, "missed");
    try (StreamClient client = StreamClient.resume(events, seen)) {
      client.expectOpen().expectEvent("missed");
      publish(settings, "here again");
      client.expectEvent("here again");
    }
  }

  private void publish(Map<String, String> settings, String data) {
    Command.gripstream(directory, settings, "publish", "news", data).expectExit(0);
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private String run(List<String> line) {
    return Command.start(directory, Map.of(), line).expectExit(0).out().strip();
  }
}
