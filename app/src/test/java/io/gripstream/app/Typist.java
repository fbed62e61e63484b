package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.Guide.Block;
import io.gripstream.app.Guide.Kind;
import io.gripstream.eventstream.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Types blocks of guides on a machine, one after the other, and compares what they print. */
final class Typist {
  private final Machine machine;
  private final List<Block> blocks;

  private Typist(Machine machine, List<Block> blocks) {
    this.machine = machine;
    this.blocks = blocks;
  }

  static void type(Machine machine, Guide... guides) throws IOException {
    type(
        machine,
        Stream.of(guides).flatMap(guide -> guide.blocks().stream()).toList(),
        Duration.ofSeconds(120));
  }

  static void type(Machine machine, List<Block> blocks, Duration limit) throws IOException {
    new Typist(machine, machine.typed(blocks)).type(limit);
  }

  private void type(Duration limit) throws IOException {
    Files.writeString(machine.folder().resolve("script"), script());
    Command shell = machine.shell("script");
    try {
      Eventually.within(limit, () -> {
        assertThat(shell.isAlive() || shell.out().contains("ended"))
            .as("the machine lives; it said\n%s%s", shell.out(), shell.err())
            .isTrue();
        assertThat(shell.out()).as(this::slowest).contains("ended");
      });
      assertThat(shell.out()).as(() -> failure(shell.out())).contains("ended well");
      for (int i = 0; i < blocks.size(); i++) {
        if (blocks.get(i).kind() == Kind.PRINTS) {
          expectPrinted(i);
        }
      }
    } finally {
      machine.end(shell);
    }
  }

  /** One shell, so that what a block exports is there in the next one. */
  private String script() {
    StringBuilder script = new StringBuilder("""
        set -euo pipefail
        # Blocks have an output of their own, and no input.
        exec 3>&1 4<&0
        # Stays, and so keeps what is in the background, until the test has ended all of it.
        trap 'echo "ended ${end:-in block $block}" >&3; cat <&4 >/dev/null' EXIT
        background=''
        await() {
          local tries=0
          until grep -qF -- "$2" "$1"; do
            [ $((tries += 1)) -lt 600 ] || { cat "$1"; echo "has not printed: $2"; exit 1; }
            sleep 0.1
          done
        }
        # Every one in the background is a process group, as behind a terminal; SIGINT may be ignored here.
        interrupt() {
          local group
          for group in $background; do
            kill -TERM -- "-$group" 2>/dev/null || true
            wait "$group" || true
          done
          background=''
        }
        """);
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      String text = machine.here(block.text());
      String output = machine.folderInside() + "/out" + i;
      script.append("block=").append(i).append('\n');
      switch (block.kind()) {
        case RUN -> script.append("exec >%s 2>&1 </dev/null\n%s\n".formatted(output, text));
        case FAILS ->
          script.append("exec >%s 2>&1\nif (\n%s\n)\nthen echo 'it does not fail'; exit 1; fi\n"
              .formatted(output, text));
        case BACKGROUND -> {
          script.append("set -m\n(\n%s\n) >%s 2>&1 </dev/null &\nset +m\n".formatted(text, output));
          script.append("background=\"$! $background\"\n");
          if (!block.awaited().isEmpty()) {
            script.append("await %s '%s'\n".formatted(output, machine.here(block.awaited())));
          }
        }
        case INTERRUPT -> script.append("interrupt\n");
        case PRINTS, NOT_RUN, NO_COMMAND -> {}
      }
    }
    return script.append("end=well\n").toString();
  }

  private String slowest() {
    int last = 0;
    while (last + 1 < blocks.size() && Files.exists(output(last + 1))) {
      last++;
    }
    return "line %d of the guide may take long".formatted(blocks.get(last).line());
  }

  private String failure(String out) {
    int index = Integer.parseInt(out.replaceAll("(?s).*in block (\\d+).*", "$1"));
    return "line %d of the guide:%n%s%nprinted:%n%s"
        .formatted(blocks.get(index).line(), blocks.get(index).text(), printed(index));
  }

  private void expectPrinted(int index) {
    Block expected = blocks.get(index);
    int source = index - 1;
    while (source > 0 && blocks.get(source).kind() == Kind.INTERRUPT) {
      source--;
    }
    int from = source;
    String pattern = machine
        .here(expected.text())
        .lines()
        .map(line -> Stream.of(line.split("…", -1))
            .map(part -> part.isEmpty() ? "" : Pattern.quote(part))
            .collect(Collectors.joining(".*")))
        .collect(Collectors.joining("\\n(?:.*\\n)*?", "(?d)(?:.*\\n)*?", "\\n(?:.*\\n)*"));
    Eventually.eventually(() -> assertThat(printed(from) + "\n")
        .as("what line %d says", expected.line())
        .matches(pattern));
  }

  private Path output(int block) {
    return machine.folder().resolve("out" + block);
  }

  private String printed(int block) {
    try {
      return Files.exists(output(block)) ? Files.readString(output(block)) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
