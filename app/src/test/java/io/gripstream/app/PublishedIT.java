package io.gripstream.app;

import static io.gripstream.app.Published.REPOSITORY;
import static io.gripstream.app.Published.entries;
import static io.gripstream.app.Published.text;
import static io.gripstream.app.Published.xml;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.testtools.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

/**
 * The artifacts of a release. One run of {@code mvn deploy} takes half a minute; all tests look at
 * what it has left.
 */
class PublishedIT {
  /** Artifacts, and the folders of their modules. */
  private static final Map<String, String> JARS = Map.of(
      "grip-client", "grip-client",
      "eventstream", "eventstream",
      "grip-testkit", "testkit/grip",
      "eventstream-testkit", "testkit/eventstream");

  @TempDir
  static Path directory;

  private static Published published;
  private static UserProjects users;

  @BeforeAll
  static void deploy() throws IOException {
    published = Published.build(directory);
    String eventstream = "io.gripstream:eventstream:" + published.version();
    String javalin = "io.javalin:javalin:" + UserProjects.version("javalin");
    String flyway = "org.flywaydb:flyway-core:" + UserProjects.version("flyway");
    users = new UserProjects(directory.resolve("users"), published)
        .with("plain", eventstream)
        .with("javalin-first", javalin, eventstream)
        .with("javalin-last", eventstream, javalin)
        .withBom("bom", "io.gripstream:eventstream")
        .with(
            "sqlite",
            eventstream,
            "org.xerial:sqlite-jdbc:" + UserProjects.version("sqlite"),
            flyway)
        .with(
            "postgresql",
            eventstream,
            "org.postgresql:postgresql:" + UserProjects.version("postgresql"),
            "com.zaxxer:HikariCP:" + UserProjects.version("hikari"),
            flyway,
            "org.flywaydb:flyway-database-postgresql:" + UserProjects.version("flyway"))
        .withTest(
            "tested",
            """
            import io.gripstream.eventstream.testkit.*;
            import io.gripstream.grip.testkit.*;
            import java.time.Clock;
            import org.junit.jupiter.api.*;
            import org.junit.jupiter.api.extension.RegisterExtension;
            """,
            testOfTheGuide(),
            eventstream,
            "io.gripstream:eventstream-testkit:" + published.version() + ":test")
        .build();
  }

  private static String testOfTheGuide() throws IOException {
    String guide = Files.readString(REPOSITORY.resolve("docs/testing.md"));
    int start = guide.indexOf("class OrdersTest");
    return guide.substring(start, guide.indexOf("```", start));
  }

  @Test
  void the_test_of_the_guide_runs_in_a_project_that_names_the_kit_only() throws IOException {
    assertThat(users.testReport("tested")).contains("Tests run: 1, Failures: 0, Errors: 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "javalin-first", "javalin-last", "bom"})
  void an_application_gets_one_jetty_no_driver_and_no_second_json_library(String project)
      throws IOException {
    Map<String, String> tree = users.tree(project);

    assertThat(tree.entrySet())
        .filteredOn(artifact -> artifact.getKey().startsWith("jetty-"))
        .hasSizeGreaterThan(8)
        .extracting(Map.Entry::getValue)
        .containsOnly(UserProjects.version("jetty"));
    assertThat(tree)
        .containsKeys("grip-client", "jspecify")
        .doesNotContainKeys(
            "sqlite-jdbc",
            "postgresql",
            "HikariCP",
            "flyway-core",
            "flyway-database-postgresql",
            "flyway-database-cockroachdb",
            "gson");
  }

  @Test
  void an_application_without_a_driver_runs_in_memory_and_learns_the_dependencies_of_a_database()
      throws IOException {
    assertThat(users.run("plain", 0).out()).isEqualTo("stored as 1\n");
    assertThat(users.run("plain", 1, "jdbc:sqlite:events.db").err())
        .contains("add org.xerial:sqlite-jdbc, org.flywaydb:flyway-core to the dependencies");
  }

  @Test
  void an_application_with_sqlite_only_stores_there_and_learns_the_dependencies_of_postgresql()
      throws IOException {
    assertThat(users.run("sqlite", 0, "jdbc:sqlite:events.db").out()).isEqualTo("stored as 1\n");
    assertThat(users.run("sqlite", 0, "jdbc:sqlite:events.db").out()).isEqualTo("stored as 2\n");
    assertThat(users.run("sqlite", 1, "jdbc:postgresql://127.0.0.1/events").err())
        .contains("add org.postgresql:postgresql, com.zaxxer:HikariCP,"
            + " org.flywaydb:flyway-database-postgresql to the dependencies");
  }

  @Test
  void an_application_with_postgresql_only_stores_there() throws IOException {
    String url = PostgresServer.shared().newDatabase();

    assertThat(users.run("postgresql", 0, url).out()).isEqualTo("stored as 1\n");
  }

  @Test
  void the_libraries_their_parent_and_the_bom_are_published_and_the_server_is_not()
      throws IOException {
    assertThat(published.artifacts()).isEqualTo(with("gripstream-parent", "gripstream-bom"));
  }

  @Test
  void each_pom_has_the_elements_that_maven_central_requires() throws IOException {
    Document parent = xml(published.file("gripstream-parent", "\\.pom"));
    for (String artifact : published.artifacts()) {
      Document pom = xml(published.file(artifact, "\\.pom"));
      boolean inherits = !text(pom, "parent").isEmpty();
      for (String own : List.of("artifactId", "name", "description")) {
        assertThat(text(pom, own)).as("%s of %s", own, artifact).isNotEmpty();
      }
      for (String element : List.of("url", "licenses", "developers", "scm")) {
        assertThat(text(pom, element) + (inherits ? text(parent, element) : ""))
            .as("%s of %s", element, artifact)
            .isNotEmpty();
      }
      assertThat(text(pom, "repositories") + text(pom, "pluginRepositories"))
          .as("repositories of %s", artifact)
          .isEmpty();
    }
  }

  @Test
  void each_jar_comes_with_sources_javadoc_and_a_bill_of_materials() throws IOException {
    for (String artifact : JARS.keySet()) {
      List<String> classes = entries(published.file(artifact, "\\.jar"));
      List<String> sources = entries(published.file(artifact, "-sources\\.jar"));
      List<String> javadoc = entries(published.file(artifact, "-javadoc\\.jar"));

      assertThat(sources).as(artifact).containsAll(sourcesOf(classes)).isNotEmpty();
      assertThat(javadoc)
          .as(artifact)
          .contains("index.html")
          .noneMatch(name -> name.contains("/internal/"));
      assertThat(Published.materials(published.file(artifact, "-cyclonedx\\.json")))
          .as(artifact)
          .anyMatch(library -> library.startsWith("jackson-databind-"))
          .noneMatch(library -> library.startsWith("junit-jupiter-engine-"));
    }
  }

  @Test
  void each_jar_has_a_module_name_its_licence_and_no_tests() throws IOException {
    for (String artifact : JARS.keySet()) {
      Path file = published.file(artifact, "\\.jar");
      try (JarFile jar = new JarFile(file.toFile())) {
        String module = jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name");
        assertThat(module).startsWith("io.gripstream.");
        assertThat(entries(file))
            .as(artifact)
            .contains("META-INF/LICENSE")
            .filteredOn(name -> name.endsWith(".class"))
            .allMatch(name -> name.startsWith(module.replace('.', '/') + "/"))
            .noneMatch(name -> name.endsWith("Test.class"));
      }
    }
  }

  @Test
  void the_bom_names_each_jar_and_nothing_else() throws IOException {
    Document bom = xml(published.file("gripstream-bom", "\\.pom"));
    var managed = bom.getElementsByTagName("dependency");
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < managed.getLength(); i++) {
      String[] lines = managed.item(i).getTextContent().strip().split("\\s+");
      assertThat(lines).startsWith("io.gripstream").endsWith("${project.version}");
      names.add(lines[1]);
    }
    assertThat(names).isEqualTo(JARS.keySet());
    assertThat(text(bom, "version")).isEqualTo(published.version());
  }

  /** The build whose test this is, and the copy: other folder, time, zone and locale. */
  @Test
  void two_builds_make_the_same_bytes() throws IOException {
    List<String> jars = new ArrayList<>(List.of("app/target/gripstream.jar"));
    for (Map.Entry<String, String> jar : JARS.entrySet()) {
      jars.add("%s/target/%s-%s.jar".formatted(jar.getValue(), jar.getKey(), published.version()));
    }
    for (String jar : jars) {
      assertThat(Published.checksums(published.built(jar)))
          .as("%s; if this is not one clean build of all modules, make one first", jar)
          .containsExactlyEntriesOf(Published.checksums(REPOSITORY.resolve(jar)));
      assertThat(published.built(jar)).as(jar).hasSameBinaryContentAs(REPOSITORY.resolve(jar));
    }
  }

  @Test
  void the_jar_of_the_server_has_the_licences_of_the_libraries_in_it() throws IOException {
    List<String> libraries = Published.materials(published.built("app/target/bom.json")).stream()
        .filter(library -> !library.startsWith("eventstream-"))
        .filter(library -> !library.startsWith("grip-client-"))
        .toList();
    Path jar = published.built("app/target/gripstream.jar");
    List<String> entries = entries(jar);
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      List<String> listed = new String(
              zip.getInputStream(zip.getEntry("META-INF/licenses/THIRD-PARTY.txt"))
                  .readAllBytes())
          .lines()
          .filter(line -> line.contains(" - http"))
          .toList();
      assertThat(libraries)
          .hasSizeGreaterThan(30)
          .allSatisfy(
              library -> assertThat(listed).anyMatch(line -> line.contains(colons(library))));
      assertThat(entries).contains("META-INF/LICENSE", "META-INF/licenses/EPL-2.0.md");
      for (String line : listed) {
        String library = line.replaceAll(".*\\([^:]+:([^:]+):(\\S+) - .*", "$1-$2");
        boolean hasText =
            entries.stream().anyMatch(name -> name.startsWith("META-INF/licenses/" + library));
        // Their texts are there once: ours is Apache-2.0, too. MIT-0 asks for none.
        assertThat(hasText
                || Stream.of("(Apache-2.0)", "(EPL-2.0)", "(MIT-0)").anyMatch(line::contains))
            .as(line)
            .isTrue();
      }
    }
  }

  private static Set<String> with(String... others) {
    Set<String> all = new TreeSet<>(JARS.keySet());
    all.addAll(List.of(others));
    return all;
  }

  private static List<String> sourcesOf(List<String> classes) {
    return classes.stream()
        .filter(name -> name.endsWith(".class") && !name.contains("$"))
        .map(name -> name.replace(".class", ".java"))
        .toList();
  }

  /** {@code name-1.2} as {@code :name:1.2 }. */
  private static String colons(String library) {
    return ":" + library.replaceFirst("-(?=[0-9])", ":") + " ";
  }
}
