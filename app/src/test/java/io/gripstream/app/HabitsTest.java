package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Habits of all modules that no behaviour shows: comments that repeat names, tests that are one
 * long walk, names that differ for one thing. Here, because this module is built last.
 */
class HabitsTest {

  private static final Path HERE = Path.of("..").toAbsolutePath().normalize();

  private static final List<String> MODULES = List.of(
      "grip-client", "testkit/grip", "eventstream", "testkit/eventstream", "testkit/tools", "app");

  private static final List<Path> MAIN = folders("src/main/java");
  private static final List<Path> TESTS = folders("src/test/java");
  private static final List<Path> EVERYTHING =
      Stream.concat(MAIN.stream(), TESTS.stream()).toList();

  /** The modules with a public interface. The server has none in Java. */
  private static final List<Path> LIBRARIES = MAIN.stream()
      .filter(root ->
          !root.startsWith(HERE.resolve("app")) && !root.startsWith(HERE.resolve("testkit/tools")))
      .toList();

  private static final List<Path> TEST_KITS = LIBRARIES.stream()
      .filter(root -> root.startsWith(HERE.resolve("testkit")))
      .toList();

  /** Each has a reason to let time pass: it is not a deadline of a test. */
  private static final Set<String> SLEEPERS = Set.of(
      // A benchmark samples in this rhythm.
      "DirectBench.java",
      // A look at what requests have left behind is not cheap.
      "HostileRequests.java");

  /** Words that tell a reader nothing when the others are those of the name. */
  private static final Set<String> EMPTY_WORDS = Set.of(
      ("a an and are be by class constructor create creates for from get gets given in initialize"
              + " initializes instance is it its method new object of on or return returns s set sets"
              + " specified that the this to value with")
          .split(" "));

  /** How a field or a component begins that is true or false; as {@code no-seq} does in GRIP. */
  private static final Pattern STATEMENT =
      Pattern.compile("^(is|are|has|had|was|can|may|must|no)[A-Z]");

  /** The server's are called as its settings and its JSON call them. */
  private static final List<Path> BUT_THE_SERVER =
      MAIN.stream().filter(root -> !root.startsWith(HERE.resolve("app"))).toList();

  private static final int MAX_TEST_LINES = 60;

  private static Sources sources;

  @BeforeAll
  static void read() throws IOException {
    sources = Sources.read();
  }

  @Test
  void public_types_are_described_beyond_their_name() {
    var problems = new ArrayList<String>();
    scan(LIBRARIES, (where, tree, path, doc) -> {
      if (isOfContract(where) || !needsDescription(tree, path)) {
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
  void no_description_is_a_copy_of_another_ones() {
    var seen = new HashMap<String, String>();
    var problems = new ArrayList<String>();
    scan(LIBRARIES, (where, tree, path, doc) -> {
      String text = doc == null || isOfContract(where) ? "" : doc.strip();
      String before = text.length() < 60 ? null : seen.put(text, where);
      if (before != null) {
        problems.add(where + " and " + before + ": " + text);
      }
    });
    assertThat(problems).isEmpty();
  }

  /**
   * The contracts of storages repeat what a subclass has to make, and name the rest by what it is.
   */
  private static boolean isOfContract(String where) {
    return where.contains("Contract.java:");
  }

  /** Tools that no user of the kits needs lie in {@code testkit/tools}, which is not published. */
  @Test
  void each_class_of_the_test_kits_is_in_their_guide() throws IOException {
    String guide = Files.readString(HERE.resolve("docs/testing.md"));
    var problems = new ArrayList<String>();
    scan(TEST_KITS, (where, tree, path, doc) -> {
      if (tree instanceof ClassTree type
          && path.getParentPath().getLeaf() instanceof CompilationUnitTree
          && isPublic(type.getModifiers(), path.getParentPath())
          && !Pattern.compile("\\b" + type.getSimpleName() + "\\b")
              .matcher(guide)
              .find()) {
        problems.add(where + " is " + type.getSimpleName());
      }
    });
    assertThat(problems).isEmpty();
  }

  @Test
  void no_file_has_a_banner_or_an_author() throws IOException {
    for (Path file : sources(EVERYTHING)) {
      String text = Files.readString(file);
      if (!file.endsWith("package-info.java")) {
        assertThat(text).as(file.toString()).startsWith("package ");
      }
      assertThat(text).as(file.toString()).doesNotContain("@" + "author");
    }
  }

  @Test
  void no_test_is_a_giant_sleeps_or_mocks() throws IOException {
    var problems = new ArrayList<String>();
    scan(EVERYTHING, (where, tree, path, doc) -> {
      if (tree instanceof MethodTree method && isTest(method.getModifiers())) {
        long lines = method.getBody().toString().lines().count();
        if (lines > MAX_TEST_LINES) {
          problems.add(where + " has " + lines + " lines");
        }
      } else if (tree instanceof MethodInvocationTree call
          && call.getMethodSelect().toString().equals("Thread.sleep")
          && SLEEPERS.stream().noneMatch(name -> where.contains("/" + name + ":"))) {
        problems.add(where + " sleeps");
      }
    });
    for (String module : MODULES) {
      assertThat(Files.readString(HERE.resolve(module).resolve("pom.xml")))
          .as(module)
          .doesNotContain("mockito", "easymock", "powermock", "jmock");
    }
    assertThat(problems).isEmpty();
  }

  @Test
  void the_logger_of_a_class_is_called_LOG() {
    var problems = new ArrayList<String>();
    scan(EVERYTHING, (where, tree, path, doc) -> {
      if (tree instanceof VariableTree field
          && field.getInitializer() != null
          && field.getInitializer().toString().matches("LoggerFactory.getLogger\\(\\w+\\.class\\)")
          && !field.getName().contentEquals("LOG")) {
        problems.add(where + " calls it " + field.getName());
      }
    });
    assertThat(problems).isEmpty();
  }

  @Test
  void names_of_booleans_are_statements() {
    var problems = new ArrayList<String>();
    scan(BUT_THE_SERVER, (where, tree, path, doc) -> {
      if (tree instanceof VariableTree field
          && path.getParentPath().getLeaf() instanceof ClassTree
          && "boolean".equals(String.valueOf(field.getType()))
          && !STATEMENT.matcher(field.getName()).find()) {
        problems.add(where + " is called " + field.getName());
      }
    });
    assertThat(problems).isEmpty();
  }

  @Test
  void public_record_with_an_array_copies_it_and_compares_its_content() {
    var problems = new ArrayList<String>();
    scan(LIBRARIES, (where, tree, path, doc) -> {
      if (!(tree instanceof ClassTree type)
          || type.getKind() != Tree.Kind.RECORD
          || !needsDescription(tree, path)) {
        return;
      }
      Set<String> methods = type.getMembers().stream()
          .filter(member -> member instanceof MethodTree)
          .map(member -> ((MethodTree) member).getName().toString())
          .collect(Collectors.toSet());
      for (Tree member : type.getMembers()) {
        if (member instanceof VariableTree component
            && !component.getModifiers().getFlags().contains(Modifier.STATIC)
            && component.getType().toString().endsWith("[]")
            && !methods.containsAll(
                Set.of(component.getName().toString(), "equals", "hashCode", "<init>"))) {
          problems.add(where + " hands out " + component.getName());
        }
      }
    });
    assertThat(problems).isEmpty();
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
    if (!own || path.getCompilationUnit().getPackageName().toString().contains(".internal")) {
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

  private static void scan(List<Path> roots, Visitor visitor) {
    for (CompilationUnitTree unit : sources.units) {
      Path file = Path.of(unit.getSourceFile().getName());
      if (roots.stream().noneMatch(file::startsWith)) {
        continue;
      }
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
              || tree instanceof VariableTree
              || tree instanceof MethodInvocationTree) {
            long at = sources.trees.getSourcePositions().getStartPosition(unit, tree);
            String where = HERE.relativize(file) + ":" + unit.getLineMap().getLineNumber(at);
            visitor.visit(where, tree, path, sources.trees.getDocComment(path));
          }
          return super.scan(tree, nothing);
        }
      }.scan(unit, null);
    }
  }

  /** All sources, read once. */
  private record Sources(DocTrees trees, List<CompilationUnitTree> units) {
    static Sources read() throws IOException {
      JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
      try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
        var task = (JavacTask) compiler.getTask(
            null,
            files,
            null,
            List.of("-proc:none"),
            null,
            files.getJavaFileObjectsFromPaths(sources(EVERYTHING)));
        DocTrees trees = DocTrees.instance(task);
        var units = new ArrayList<CompilationUnitTree>();
        task.parse().forEach(units::add);
        return new Sources(trees, units);
      }
    }
  }

  private static List<Path> folders(String name) {
    return MODULES.stream()
        .map(module -> HERE.resolve(module).resolve(name))
        .filter(Files::isDirectory)
        .toList();
  }

  private static List<Path> sources(List<Path> roots) throws IOException {
    var sources = new ArrayList<Path>();
    for (Path root : roots) {
      try (Stream<Path> files = Files.walk(root)) {
        files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
      }
    }
    return sources;
  }
}
