package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The workflows for GitHub, as far as they can be checked without it. */
class WorkflowsTest {
  private static final Path WORKFLOWS = Path.of("../.github/workflows");
  private static final Path SCRIPTS = Path.of("..");

  @Test
  void the_suite_runs_on_each_supported_java_and_each_supported_postgresql() {
    JsonNode jobs = read(WORKFLOWS.resolve("tests.yml")).get("jobs");

    assertThat(texts(jobs.at("/suite/strategy/matrix/java"))).containsExactly("17", "21", "25");
    assertThat(texts(jobs.at("/postgresql/strategy/matrix/postgresql")))
        .startsWith("14")
        .endsWith("");
    assertThat(texts(jobs.at("/suite/steps").findValues("PUSHPIN_VERSIONS").get(0)))
        .containsExactly("1.36,1.41");
  }

  @Test
  void actions_are_pinned_and_scripts_are_there() throws Exception {
    try (Stream<Path> workflows = Files.list(WORKFLOWS)) {
      for (Path workflow : workflows.toList()) {
        JsonNode read = read(workflow);
        assertThat(texts(read.at("/permissions/contents"))).containsExactly("read");
        assertThat(read.findValues("uses"))
            .isNotEmpty()
            .extracting(JsonNode::stringValue)
            .allMatch(action -> action.matches("[\\w.-]+/[\\w.-]+@[0-9a-f]{40}"));
        assertThat(read.findValues("run"))
            .extracting(JsonNode::stringValue)
            .filteredOn(command -> command.startsWith("scripts/"))
            .allMatch(script -> Files.isExecutable(SCRIPTS.resolve(script)));
      }
    }
  }

  private static JsonNode read(Path file) {
    return new YAMLMapper().readTree(file.toFile());
  }

  private static List<String> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    if (node.isString()) {
      texts.add(node.stringValue());
    }
    node.forEach(one -> texts.add(one.stringValue()));
    return texts;
  }
}
