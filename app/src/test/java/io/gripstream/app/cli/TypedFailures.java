package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Commands that fail, and what each printed: rows of a table of the page about trouble. */
final class TypedFailures {
  private final Map<String, String> shown = new LinkedHashMap<>();
  private final List<String> rows = new ArrayList<>();

  /** Writes something of this run as the page has it. */
  void show(String text, String instead) {
    shown.put(text, instead);
  }

  List<String> rows() {
    return rows;
  }

  /** Types it, and takes down what it printed: one line. */
  void fails(Map<String, String> environment, String... arguments) {
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

  /** Leaves the table in a file, and looks for it on the page. */
  void expectOn(Path page, Path file) throws IOException {
    String table = "| what was typed | exit code | what it printed |\n|---|---|---|\n"
        + String.join("\n", rows) + "\n";
    Files.writeString(file, table);
    assertThat(Files.readString(page)).as("%s has the table of %s", page, file).contains(table);
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
