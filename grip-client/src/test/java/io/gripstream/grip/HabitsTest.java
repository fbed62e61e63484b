package io.gripstream.grip;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Habits of the older libraries that no behaviour shows: comments that repeat names, and tests that
 * are one long walk.
 */
class HabitsTest {

  private static final Path MAIN = Path.of("src/main/java");
  private static final Path TESTS = Path.of("src/test/java");

  /** Words that tell a reader nothing when the others are those of the name. */
  private static final Set<String> EMPTY_WORDS = Set.of(
      ("a an and are be by class constructor create creates for from get gets given in initialize"
              + " initializes instance is it its method new object of on or return returns s set sets"
              + " specified that the this to value with")
          .split(" "));

  private static final int MAX_TEST_LINES = 60;

  @Test
  void what_is_public_is_described_and_not_in_the_words_of_its_name() throws IOException {
    var problems = new ArrayList<String>();
    scan(MAIN, (where, tree, path, doc) -> {
      if (!needsDescription(tree, path)) {
        return;
      }
      if (doc == null) {
        problems.add(where + " has no description");
      } else if (names(tree, path).containsAll(tellingWords(doc))) {
        problems.add(where + " repeats its name: " + doc.strip());
      }
    });
    assertThat(problems).isEmpty();
  }

  @Test
  void no_description_is_a_copy_of_another_ones() throws IOException {
    var seen = new HashMap<String, String>();
    var problems = new ArrayList<String>();
    scan(MAIN, (where, tree, path, doc) -> {
      String text = doc == null ? "" : doc.strip();
      String before = text.length() < 60 ? null : seen.put(text, where);
      if (before != null) {
        problems.add(where + " and " + before + ": " + text);
      }
    });
    assertThat(problems).isEmpty();
  }

  @Test
  void no_file_has_a_banner_or_an_author() throws IOException {
    for (Path root : List.of(MAIN, TESTS)) {
      for (Path file : sources(root)) {
        String text = Files.readString(file);
        if (!file.endsWith("package-info.java")) {
          assertThat(text).as(file.toString()).startsWith("package ");
        }
        assertThat(text).as(file.toString()).doesNotContain("@" + "author");
      }
    }
  }

  @Test
  void no_test_is_a_giant_sleeps_or_mocks() throws IOException {
    var problems = new ArrayList<String>();
    scan(TESTS, (where, tree, path, doc) -> {
      if (tree instanceof MethodTree method && isTest(method.getModifiers())) {
        long lines = method.getBody().toString().lines().count();
        if (lines > MAX_TEST_LINES) {
          problems.add(where + " has " + lines + " lines");
        }
      } else if (tree instanceof MethodInvocationTree call
          && call.getMethodSelect().toString().equals("Thread.sleep")) {
        problems.add(where + " sleeps");
      }
    });
    assertThat(problems).isEmpty();
    assertThat(System.getProperty("java.class.path"))
        .doesNotContain("mockito", "easymock", "powermock", "jmock");
  }

  private static boolean isTest(ModifiersTree modifiers) {
    return modifiers.getAnnotations().stream()
        .map(annotation -> annotation.getAnnotationType().toString())
        .anyMatch(name -> name.equals("Test") || name.equals("ParameterizedTest"));
  }

  /** Types and methods that users see; not what they inherit a description of. */
  private static boolean needsDescription(Tree tree, TreePath path) {
    boolean own = tree instanceof ClassTree
        || (tree instanceof MethodTree method
            && !isOverride(method)
            && !isConstructorOfRecord(method, path));
    if (!own || path.getCompilationUnit().getPackageName().toString().endsWith(".internal")) {
      return false;
    }
    for (TreePath at = path; at != null; at = at.getParentPath()) {
      if (at.getLeaf() instanceof MethodTree && at != path) {
        return false;
      }
      ModifiersTree modifiers = modifiers(at.getLeaf());
      if (modifiers != null && !isPublic(modifiers, at.getParentPath())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPublic(ModifiersTree modifiers, TreePath parent) {
    return modifiers.getFlags().contains(Modifier.PUBLIC)
        || modifiers.getFlags().contains(Modifier.PROTECTED)
        || (parent.getLeaf().getKind() == Tree.Kind.INTERFACE
            && !modifiers.getFlags().contains(Modifier.PRIVATE));
  }

  private static @Nullable ModifiersTree modifiers(Tree tree) {
    if (tree instanceof ClassTree type) {
      return type.getModifiers();
    }
    return tree instanceof MethodTree method ? method.getModifiers() : null;
  }

  private static boolean isOverride(MethodTree method) {
    return method.getModifiers().getAnnotations().stream()
        .anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
  }

  private static boolean isConstructorOfRecord(MethodTree method, TreePath path) {
    return method.getReturnType() == null
        && path.getParentPath().getLeaf().getKind() == Tree.Kind.RECORD;
  }

  private static Set<String> tellingWords(String doc) {
    String sentence = doc.strip().split("(?<=\\.)\\s|\\n\\s*\\n|\\n\\s*@", 2)[0];
    var words = new HashSet<>(words(sentence.replaceAll("\\{@\\w+ ([^}]*)}", "$1")));
    words.removeAll(EMPTY_WORDS);
    return words;
  }

  /** Of the element, its parameters, and the types around it. */
  private static Set<String> names(Tree tree, TreePath path) {
    var names = new HashSet<String>();
    if (tree instanceof MethodTree method) {
      names.addAll(words(method.getName().toString()));
      method.getParameters().forEach(p -> names.addAll(words(p.getName().toString())));
    }
    for (TreePath at = path; at != null; at = at.getParentPath()) {
      if (at.getLeaf() instanceof ClassTree type) {
        names.addAll(words(type.getSimpleName().toString()));
      }
    }
    return names;
  }

  /** In lower case and singular; {@code camelCase} is two. */
  private static List<String> words(String text) {
    return Stream.of(text.replaceAll("([a-z])([A-Z])", "$1 $2").split("[^A-Za-z0-9]+"))
        .map(word -> word.toLowerCase(Locale.ROOT))
        .map(word -> word.length() > 2 ? word.replaceFirst("s$", "") : word)
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private interface Visitor {
    void visit(String where, Tree tree, TreePath path, @Nullable String doc);
  }

  private static void scan(Path root, Visitor visitor) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var task = (JavacTask) compiler.getTask(
          null,
          files,
          null,
          List.of("-proc:none"),
          null,
          files.getJavaFileObjectsFromPaths(sources(root)));
      DocTrees trees = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new TreePathScanner<@Nullable Void, @Nullable Void>() {
          @Override
          public @Nullable Void scan(Tree tree, @Nullable Void nothing) {
            if (tree == null) {
              return null;
            }
            TreePath parent = getCurrentPath();
            TreePath path = parent == null ? new TreePath(unit) : new TreePath(parent, tree);
            if (tree instanceof ClassTree
                || tree instanceof MethodTree
                || tree instanceof MethodInvocationTree) {
              long at = trees.getSourcePositions().getStartPosition(unit, tree);
              String where = root.relativize(Path.of(unit.getSourceFile().getName()))
                  + ":"
                  + unit.getLineMap().getLineNumber(at);
              visitor.visit(where, tree, path, trees.getDocComment(path));
            }
            return super.scan(tree, nothing);
          }
        }.scan(unit, null);
      }
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }
}
