package io.gripstream.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a guide of docs/ tells its reader to type: its blocks of {@code sh}, in order. A comment
 * before a block says what is special about it.
 *
 * <pre>
 * &lt;!-- not run: REASON --&gt;
 * &lt;!-- fails --&gt;                              the exit code is not 0
 * &lt;!-- in the background --&gt;                  it stays
 * &lt;!-- in the background, until it prints: TEXT --&gt;
 * &lt;!-- prints --&gt;                             a block of text: what the commands before it print;
 *                                               … stands for anything
 * </pre>
 */
record Guide(String name, List<Block> blocks) {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern FENCE = Pattern.compile(
      "(?:<!-- ([^\\n]*) -->\\n)?^( *)```(\\w*)\\n(.*?)^ *```$",
      Pattern.DOTALL | Pattern.MULTILINE);
  private static final String UNTIL = "in the background, until it prints: ";

  /** How a block is to be treated. */
  enum Kind {
    RUN,
    FAILS,
    BACKGROUND,
    PRINTS,
    NOT_RUN,
    NO_COMMAND
  }

  /**
   * A fenced block.
   *
   * @param line where it begins
   * @param detail what a background block prints when it is ready, or why a block is not run
   */
  record Block(int line, Kind kind, String language, String text, String detail) {}

  static Guide read(String name) throws IOException {
    String page = Files.readString(DOCS.resolve(name));
    List<Block> blocks = new ArrayList<>();
    Matcher fences = FENCE.matcher(page);
    while (fences.find()) {
      int line = (int) page.substring(0, fences.start(3)).lines().count();
      String note = fences.group(1) == null ? "" : fences.group(1);
      String language = fences.group(3);
      blocks.add(new Block(
          line, kind(note, language), language, fences.group(4).stripIndent(), detail(note)));
    }
    return new Guide(name, blocks);
  }

  private static Kind kind(String note, String language) {
    if (note.startsWith("not run: ")) {
      return Kind.NOT_RUN;
    }
    if (note.equals("prints")) {
      return Kind.PRINTS;
    }
    if (!language.equals("sh")) {
      return Kind.NO_COMMAND;
    }
    if (note.startsWith("in the background")) {
      return Kind.BACKGROUND;
    }
    return note.equals("fails") ? Kind.FAILS : Kind.RUN;
  }

  private static String detail(String note) {
    return note.startsWith(UNTIL)
        ? note.substring(UNTIL.length())
        : note.startsWith("not run: ") ? note.substring("not run: ".length()) : "";
  }
}
