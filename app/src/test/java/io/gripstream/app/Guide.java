package io.gripstream.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The commands of a guide in docs/: its blocks of {@code sh}, in order. A comment before a block
 * says what is special about it; several are separated by a semicolon.
 *
 * <pre>
 * &lt;!-- not run: REASON --&gt;                    nowhere
 * &lt;!-- installs --&gt;                           packages, or builds: needs the network
 * &lt;!-- changes the machine --&gt;                as its services: on a {@link CleanMachine} alone
 * &lt;!-- under load --&gt;                         while clients read and others publish: by a separate test
 * &lt;!-- on Debian 12 --&gt;                       there alone
 * &lt;!-- fails --&gt;                              the exit code is not 0
 * &lt;!-- in the background --&gt;                  it stays
 * &lt;!-- in the background, until it prints: TEXT --&gt;
 * &lt;!-- prints --&gt;                             a block of text: what the commands before it print;
 *                                               … stands for anything
 * &lt;!-- Ctrl-C --&gt;                             alone: ends what is in the background
 * </pre>
 */
record Guide(String name, List<Block> blocks) {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern PART = Pattern.compile(
      "(?:<!-- ([^\\n]*) -->\\n)?^( *)```(\\w*)\\n(.*?)^ *```$|^<!-- Ctrl-C -->$",
      Pattern.DOTALL | Pattern.MULTILINE);
  private static final String NOT_RUN = "not run: ";
  private static final String UNTIL = "in the background, until it prints: ";
  private static final String DEBIAN = "on Debian ";

  /** The treatment of a block. */
  enum Kind {
    RUN,
    FAILS,
    BACKGROUND,
    INTERRUPT,
    PRINTS,
    NOT_RUN,
    NO_COMMAND
  }

  /**
   * A fenced block, or the end of those in the background.
   *
   * @param line where it begins
   * @param notes what the comment before it says
   */
  record Block(int line, Kind kind, String language, String text, List<String> notes) {

    /** The line that a background block prints when it is ready; empty: none. */
    String awaited() {
      return after(UNTIL);
    }

    boolean installs() {
      return notes.contains("installs");
    }

    boolean isUnderLoad() {
      return notes.contains("under load");
    }

    boolean changesTheMachine() {
      return installs() || notes.contains("changes the machine");
    }

    /** Whether it is for that Debian. */
    boolean isFor(String debian) {
      return after(DEBIAN).isEmpty() || after(DEBIAN).equals(debian);
    }

    private String after(String beginning) {
      return notes.stream()
          .filter(note -> note.startsWith(beginning))
          .map(note -> note.substring(beginning.length()))
          .findFirst()
          .orElse("");
    }
  }

  static Guide read(String name) throws IOException {
    String page = Files.readString(DOCS.resolve(name));
    List<Block> blocks = new ArrayList<>();
    Matcher parts = PART.matcher(page);
    while (parts.find()) {
      int line = (int) page.substring(0, parts.end()).lines().count();
      if (parts.group(3) == null) {
        blocks.add(new Block(line, Kind.INTERRUPT, "", "", List.of()));
        continue;
      }
      List<String> notes =
          parts.group(1) == null ? List.of() : List.of(parts.group(1).split("; "));
      String text = parts.group(4).stripIndent();
      String language = parts.group(3);
      blocks.add(new Block(
          line - (int) text.lines().count() - 1, kind(notes, language), language, text, notes));
    }
    return new Guide(name, blocks);
  }

  /** The blocks for a machine that cannot run all; a block goes with its expected output. */
  static List<Block> only(List<Block> blocks, Predicate<Block> isTyped) {
    List<Block> typed = new ArrayList<>();
    boolean isLastTyped = true;
    for (Block block : blocks) {
      if (block.kind() != Kind.PRINTS) {
        isLastTyped = block.kind() != Kind.NOT_RUN && isTyped.test(block);
      }
      if (isLastTyped) {
        typed.add(block);
      }
    }
    return typed;
  }

  private static Kind kind(List<String> notes, String language) {
    if (notes.stream().anyMatch(note -> note.startsWith(NOT_RUN))) {
      return Kind.NOT_RUN;
    }
    if (notes.contains("prints")) {
      return Kind.PRINTS;
    }
    if (!language.equals("sh")) {
      return Kind.NO_COMMAND;
    }
    if (notes.stream().anyMatch(note -> note.startsWith("in the background"))) {
      return Kind.BACKGROUND;
    }
    return notes.contains("fails") ? Kind.FAILS : Kind.RUN;
  }
}
