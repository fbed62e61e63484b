package io.gripstream.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/**
 * Small projects outside of this repository that depend on what is published, each with
 * {@link SmallProgram} as its only class. They share nothing with our POMs but the versions of
 * plugins and drivers.
 */
final class UserProjects {
  private static final Pattern ARTIFACT = Pattern.compile("[\\w.-]+:([\\w.-]+):jar:([\\w.-]+):.*");

  private final Path directory;
  private final Published published;
  private final Map<String, String> projects = new LinkedHashMap<>();

  UserProjects(Path directory, Published published) {
    this.directory = directory;
    this.published = published;
  }

  /**
   * @param dependencies {@code group:artifact}, with or without {@code :version} and {@code :scope}
   */
  UserProjects with(String project, String... dependencies) {
    projects.put(
        project,
        "<dependencies>"
            + List.of(dependencies).stream().map(UserProjects::xml).collect(Collectors.joining())
            + "</dependencies>");
    return this;
  }

  /** The same, with the BOM's versions. */
  UserProjects withBom(String project, String... dependencies) {
    with(project, dependencies);
    projects.merge(
        project,
        "<dependencyManagement><dependencies>"
            + xml("io.gripstream:gripstream-bom:" + published.version())
                .replace("</version>", "</version><type>pom</type><scope>import</scope>")
            + "</dependencies></dependencyManagement>",
        String::concat);
    return this;
  }

  /** The same, with a test that runs: its imports, and a class that names itself first. */
  UserProjects withTest(String project, String imports, String test, String... dependencies)
      throws IOException {
    with(project, dependencies);
    Path sources = Files.createDirectories(directory.resolve(project).resolve("src/test/java"));
    String name = test.replaceFirst("(?s)class (\\w+).*", "$1");
    Files.writeString(sources.resolve(name + ".java"), imports + test);
    return this;
  }

  /** Compiles and tests them all, and writes down their trees and class paths. */
  UserProjects build() throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("settings.xml"), settings());
    Files.writeString(directory.resolve("pom.xml"), parent());
    String program = Files.readString(Path.of("src/test/java/io/gripstream/app/SmallProgram.java"));
    for (var project : projects.entrySet()) {
      Path folder = directory.resolve(project.getKey());
      Path sources = Files.createDirectories(folder.resolve("src/main/java/io/gripstream/app"));
      Files.writeString(sources.resolve("SmallProgram.java"), program);
      Files.writeString(
          folder.resolve("pom.xml"), """
          <project>
            <modelVersion>4.0.0</modelVersion>
            <parent><groupId>users</groupId><artifactId>users</artifactId><version>1</version></parent>
            <artifactId>%s</artifactId>
            %s
          </project>
          """.formatted(project.getKey(), project.getValue()));
    }
    Published.maven(
        directory,
        pushpin(),
        "-s",
        directory.resolve("settings.xml").toString(),
        "-Dmaven.repo.local=" + directory.resolve("repository"),
        "test",
        "org.apache.maven.plugins:maven-dependency-plugin:%s:tree".formatted(version("dependency")),
        "-DoutputFile=tree.txt",
        "org.apache.maven.plugins:maven-dependency-plugin:%s:build-classpath"
            .formatted(version("dependency")),
        "-Dmdep.outputFile=classpath.txt");
    return this;
  }

  /** Our build does not need a Pushpin that is installed. */
  private static Map<String, String> pushpin() {
    Path unpacked = Path.of(System.getProperty("gripstream.pushpins"), "pushpin-1.41/bin/pushpin");
    return System.getenv("PUSHPIN") == null && Files.exists(unpacked)
        ? Map.of("PUSHPIN", unpacked.toString())
        : Map.of();
  }

  /** The artifacts of a project's tree, with their versions. */
  Map<String, String> tree(String project) throws IOException {
    Map<String, String> artifacts = new LinkedHashMap<>();
    for (String line : Files.readAllLines(directory.resolve(project).resolve("tree.txt"))) {
      Matcher artifact = ARTIFACT.matcher(line.replaceFirst("^[-+|\\\\ ]+", ""));
      if (artifact.matches()) {
        artifacts.put(artifact.group(1), artifact.group(2));
      }
    }
    return artifacts;
  }

  /** The result of a project's tests. */
  String testReport(String project) throws IOException {
    Path reports = directory.resolve(project).resolve("target/surefire-reports");
    try (Stream<Path> files = Files.list(reports)) {
      Path report =
          files.filter(file -> file.toString().endsWith(".txt")).findFirst().orElseThrow();
      return Files.readString(report);
    }
  }

  /** Starts a project's program with what its tree has, and waits for its end. */
  Command run(String project, int exitCode, String... arguments) throws IOException {
    Path folder = directory.resolve(project);
    List<String> line = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        folder.resolve("target/classes") + ":" + Files.readString(folder.resolve("classpath.txt")),
        "io.gripstream.app.SmallProgram"));
    line.addAll(List.of(arguments));
    return Command.start(folder, Map.of(), line).expectExit(exitCode);
  }

  /** The entry of a library or plugin in the POM of this repository. */
  static String version(String name) {
    Document pom = Published.xml(Published.REPOSITORY.resolve("pom.xml"));
    NodeList property = pom.getElementsByTagName(name + ".version");
    if (property.getLength() > 0) {
      return property.item(0).getTextContent();
    }
    Pattern plugin =
        Pattern.compile("\\s*maven-" + name + "-plugin\\s+([0-9.]+)\\s.*", Pattern.DOTALL);
    NodeList plugins = pom.getElementsByTagName("plugin");
    for (int i = 0; i < plugins.getLength(); i++) {
      Matcher found = plugin.matcher(plugins.item(i).getTextContent());
      if (found.matches()) {
        return found.group(1);
      }
    }
    throw new IllegalArgumentException(name + " has no version in pom.xml");
  }

  private static String xml(String dependency) {
    String[] parts = dependency.split(":");
    return "<dependency><groupId>" + parts[0] + "</groupId><artifactId>" + parts[1]
        + "</artifactId>" + (parts.length > 2 ? "<version>" + parts[2] + "</version>" : "")
        + (parts.length > 3 ? "<scope>" + parts[3] + "</scope>" : "")
        + "</dependency>";
  }

  private String parent() {
    return """
        <project>
          <modelVersion>4.0.0</modelVersion>
          <groupId>users</groupId><artifactId>users</artifactId><version>1</version>
          <packaging>pom</packaging>
          <modules>%s</modules>
          <properties>
            <maven.compiler.release>17</maven.compiler.release>
            <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
          </properties>
          <build><plugins>%s</plugins></build>
        </project>
        """.formatted(
            projects.keySet().stream()
                .map(project -> "<module>" + project + "</module>")
                .collect(Collectors.joining()),
            List.of("compiler", "resources", "surefire").stream()
                .map(plugin -> "<plugin><artifactId>maven-" + plugin
                    + "-plugin</artifactId><version>" + version(plugin) + "</version></plugin>")
                .collect(Collectors.joining()));
  }

  /** Artifacts come from the local repository of this build; only missing ones are downloaded. */
  private String settings() {
    String repositories = repository("repository", "published", published.folder(), true)
        + repository("repository", "known", Published.knownArtifacts(), false);
    return """
        <settings>
          <profiles><profile><id>test</id>
            <repositories>%s</repositories>
            <pluginRepositories>%s</pluginRepositories>
          </profile></profiles>
          <activeProfiles><activeProfile>test</activeProfile></activeProfiles>
        </settings>
        """.formatted(
        repositories, repository("pluginRepository", "known", Published.knownArtifacts(), false));
  }

  private static String repository(String element, String id, Path folder, boolean snapshots) {
    return """
        <%1$s><id>%2$s</id><url>%3$s</url>
          <releases><checksumPolicy>ignore</checksumPolicy></releases>
          <snapshots><enabled>%4$s</enabled></snapshots></%1$s>
        """.formatted(element, id, folder.toUri(), snapshots);
  }
}
