package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files that {@code mvn deploy} puts into a folder, from a copy of this repository. */
final class Published {
  static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

  /** The parts of the tree that are built. */
  private static final Set<String> SOURCES =
      Set.of(".mvn", "pom.xml", "LICENSE", "bom", "grip-client", "eventstream", "testkit", "app");

  private static final Set<String> NO_SOURCES = Set.of("target", "test", "node_modules");

  private final Path copy;
  private final Path folder;
  private final String version;

  private Published(Path copy, Path folder, String version) {
    this.copy = copy;
    this.folder = folder;
    this.version = version;
  }

  /** Builds all of it, elsewhere and at another time than the build whose tests run. */
  static Published build(Path directory) throws IOException {
    Path copy = directory.resolve("a copy");
    copySources(copy);
    Path folder = Files.createDirectory(directory.resolve("published"));
    maven(
        copy,
        Map.of("TZ", "Pacific/Auckland", "LC_ALL", "C"),
        "-Prelease",
        "-Dgpg.skip",
        "-Dmaven.test.skip",
        "-Dspotless.check.skip",
        "-Dmaven.install.skip",
        "-DaltDeploymentRepository=published::" + folder.toUri(),
        "deploy");
    String version = text(xml(copy.resolve("pom.xml")), "version");
    return new Published(copy, folder, version);
  }

  /** Runs Maven to its end, with this Java and the artifacts that the build of this test has. */
  static Command maven(Path directory, Map<String, String> environment, String... arguments) {
    List<String> line = new ArrayList<>(List.of(
        Path.of(System.getProperty("gripstream.maven.home"), "bin", "mvn").toString(),
        "-B",
        "-ntp",
        "-q"));
    if (Stream.of(arguments).noneMatch(argument -> argument.startsWith("-Dmaven.repo.local="))) {
      line.add("-Dmaven.repo.local=" + knownArtifacts());
    }
    line.addAll(List.of(arguments));
    Map<String, String> all = new HashMap<>(environment);
    all.put("JAVA_HOME", System.getProperty("java.home"));
    // Settings of the user who runs this test must not change the build.
    all.put("MAVEN_OPTS", "-Xmx1g -XX:TieredStopAtLevel=1");
    return Command.start(directory, all, line).expectExit(0);
  }

  static Path knownArtifacts() {
    return Path.of(System.getProperty("gripstream.maven.repository"));
  }

  Path folder() {
    return folder;
  }

  String version() {
    return version;
  }

  /** A file of the copy, after the build. */
  Path built(String path) {
    return copy.resolve(path);
  }

  /** The names of all artifacts. */
  Set<String> artifacts() throws IOException {
    try (Stream<Path> artifacts = Files.list(folder.resolve("io/gripstream"))) {
      return Set.copyOf(artifacts
          .filter(Files::isDirectory)
          .map(artifact -> artifact.getFileName().toString())
          .toList());
    }
  }

  /** The one file of an artifact with this ending, such as {@code -sources.jar}. */
  Path file(String artifact, String ending) throws IOException {
    // Versions that are not releases have a time in their files' names.
    Predicate<String> is = name -> name.startsWith(artifact + "-")
        && name.substring(artifact.length() + 1).matches("[0-9][-.0-9]*" + ending);
    try (Stream<Path> files =
        Files.list(folder.resolve("io/gripstream").resolve(artifact).resolve(version))) {
      List<Path> found =
          files.filter(file -> is.test(file.getFileName().toString())).toList();
      assertThat(found).as("%s of %s", ending, artifact).hasSize(1);
      return found.get(0);
    }
  }

  static List<String> entries(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream()
          .map(entry -> entry.getName())
          .filter(name -> !name.endsWith("/"))
          .toList();
    }
  }

  /** Of each entry, in the jar's order. */
  static Map<String, Long> checksums(Path jar) throws IOException {
    Map<String, Long> checksums = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      zip.stream().forEach(entry -> checksums.put(entry.getName(), entry.getCrc()));
    }
    return checksums;
  }

  /** The components of a bill of materials, as {@code name-version}. */
  static List<String> materials(Path bill) {
    List<String> libraries = new ArrayList<>();
    for (JsonNode library : new JsonMapper().readTree(bill.toFile()).get("components")) {
      libraries.add(
          library.get("name").stringValue() + "-" + library.get("version").stringValue());
    }
    return libraries;
  }

  static Document xml(Path file) {
    try {
      return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    } catch (Exception e) {
      throw new IllegalStateException(file.toString(), e);
    }
  }

  /** The text of the project's own element of this name; empty if it has none. */
  static String text(Document pom, String name) {
    NodeList children = pom.getDocumentElement().getChildNodes();
    for (int i = 0; i < children.getLength(); i++) {
      if (children.item(i).getNodeName().equals(name)) {
        return children.item(i).getTextContent().strip();
      }
    }
    return "";
  }

  private static void copySources(Path copy) throws IOException {
    Files.walkFileTree(REPOSITORY, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        Path path = REPOSITORY.relativize(directory);
        boolean wanted = (path.toString().isEmpty() || isWanted(path))
            && !NO_SOURCES.contains(directory.getFileName().toString());
        return wanted ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        Path path = REPOSITORY.relativize(file);
        if (isWanted(path)) {
          try {
            Files.createDirectories(copy.resolve(path).getParent());
            Files.copy(file, copy.resolve(path));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
        return FileVisitResult.CONTINUE;
      }

      private boolean isWanted(Path path) {
        return SOURCES.contains(path.getName(0).toString());
      }
    });
  }
}
