package io.gripstream.eventstream;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the arrows between the rooms (docs/architecture.md). */
class ArchitectureTest {
  private static final String ROOT = "io.gripstream.eventstream";
  private static final String INSIDE = ROOT + ".internal";

  /** The public packages. */
  private static final Set<String> API = Set.of(ROOT, ROOT + ".store", ROOT + ".javalin");

  /** The packages that every package may use, and that therefore use no other. */
  private static final Set<String> VALUES = Set.of(
      "Event",
      "Draft",
      "JsonData",
      "JsonRefusal",
      "JsonText",
      "JsonWriter",
      "NestedJsonText",
      "DraftRules",
      "InvalidValueException",
      "DirectOptions",
      "ChannelNames",
      "UserNames",
      "ChannelManager",
      "ChannelRules",
      "Grants",
      "Cors",
      "StreamRequest",
      "InitialEvent",
      "InitialEvents",
      "StreamMetrics",
      "StreamMode",
      "StreamSession",
      "SessionEnd",
      "StreamPosition",
      "EventTooLargeException");

  private static final JavaClasses CLASSES = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
      .importPackages(ROOT);

  @Test
  void sse_touches_values_only() {
    mayNotTouch("sse", "store", "feed", "door", "direct", "proxied", "serve");
  }

  @Test
  void store_touches_values_only() {
    mayNotTouch(
        "store",
        "sse",
        "feed",
        "door",
        "direct",
        "proxied",
        "serve",
        "core",
        "sql",
        "sqlite",
        "postgres",
        "redis");
  }

  @Test
  void backends_know_neither_streams_nor_each_other() {
    List<String> backends = List.of("sqlite", "postgres", "redis");
    for (String backend : backends) {
      mayNotTouch(backend, "sse", "feed", "door", "direct", "proxied", "serve");
      backends.stream().filter(other -> !other.equals(backend)).forEach(other -> {
        mayNotTouch(backend, other);
        mayNotTouch("sql", other);
        mayNotTouch("core", other);
      });
    }
    mayNotTouch("sql", "sse", "feed", "door", "direct", "proxied", "serve", "redis");
    mayNotTouch("core", "sse", "feed", "door", "direct", "proxied", "serve", "sql");
    mayNotTouch("redis", "sql");
  }

  @Test
  void only_event_stores_looks_into_backends() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + ".EventStores")
        .and()
        .resideOutsideOfPackage(INSIDE + ".store..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(INSIDE + ".store..")
        .check(CLASSES);
  }

  @Test
  void public_signatures_name_no_internal_type() {
    List<String> found = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      if (API.contains(type.getPackageName()) && isOpen(type)) {
        Stream.concat(type.getTypeParameters().stream(), supertypes(type))
            .forEach(named -> note(found, type.getName(), named));
        for (JavaField field : type.getFields()) {
          if (isOpen(field)) {
            note(found, field.getFullName(), field.getType());
          }
        }
        for (JavaCodeUnit unit : type.getCodeUnits()) {
          if (isOpen(unit)) {
            signature(unit).forEach(named -> note(found, unit.getFullName(), named));
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }

  private static Stream<JavaType> supertypes(JavaClass type) {
    return Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
  }

  private static Stream<JavaType> signature(JavaCodeUnit unit) {
    return Stream.of(
            unit.getParameterTypes().stream(),
            unit.getExceptionTypes().stream(),
            unit.getTypeParameters().stream(),
            Stream.of(unit.getReturnType()))
        .flatMap(types -> types);
  }

  private static void note(List<String> found, String where, JavaType named) {
    for (JavaClass raw : named.getAllInvolvedRawTypes()) {
      if (raw.getPackageName().startsWith(INSIDE)) {
        found.add(where + " names " + raw.getName());
      }
    }
  }

  private static boolean isOpen(JavaClass type) {
    return isOpen(type.getModifiers())
        && type.getEnclosingClass().map(ArchitectureTest::isOpen).orElse(true);
  }

  private static boolean isOpen(JavaMember member) {
    return isOpen(member.getModifiers());
  }

  private static boolean isOpen(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  /**
   * The root names them, the store too, and they name the root's values: the one cycle that is
   * accepted. {@link #values_use_no_other_package} and {@link #no_package_knows_the_facade} keep it
   * to that.
   */
  @Test
  void packages_but_the_root_are_free_of_cycles() {
    slices()
        .assignedFrom(new SliceAssignment() {
          @Override
          public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            return name.startsWith(ROOT + ".")
                ? SliceIdentifier.of(name)
                : SliceIdentifier.ignore();
          }

          @Override
          public String getDescription() {
            return "packages below " + ROOT;
          }
        })
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void feed_touches_sse_and_store() {
    mayNotTouch("feed", "door", "direct", "proxied", "serve");
  }

  @Test
  void direct_knows_neither_the_other_mode_nor_storage() {
    mayNotTouch("direct", "proxied", "store", "serve");
  }

  @Test
  void proxied_does_not_know_the_other_mode() {
    mayNotTouch("proxied", "direct", "serve");
  }

  @Test
  void door_touches_values_only() {
    mayNotTouch("door", "sse", "store", "feed", "direct", "proxied", "serve");
  }

  /** Another web framework needs only the packages behind the door. */
  @Test
  void only_the_adapter_knows_a_web_framework_or_a_server() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".javalin..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..")
        .check(CLASSES);
  }

  @Test
  void adapter_sees_the_door_and_the_endpoints_only() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".javalin..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            INSIDE + ".sse",
            ROOT + ".store..",
            INSIDE + ".feed",
            INSIDE + ".direct",
            INSIDE + ".proxied")
        .check(CLASSES);
  }

  @Test
  void classes_of_held_streams_have_no_circles() {
    slices()
        .assignedFrom(new SliceAssignment() {
          @Override
          public SliceIdentifier getIdentifierOf(JavaClass type) {
            return type.getPackageName().equals(named("direct"))
                ? SliceIdentifier.of(outermost(type).getSimpleName())
                : SliceIdentifier.ignore();
          }

          @Override
          public String getDescription() {
            return "files of " + named("direct");
          }
        })
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }

  @Test
  void only_proxied_and_the_facade_know_grip() {
    noClasses()
        .that()
        .resideInAnyPackage(
            INSIDE + ".sse",
            ROOT + ".store",
            INSIDE + ".store..",
            INSIDE + ".feed",
            INSIDE + ".direct")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.gripstream.grip",
            "io.gripstream.grip.publish..",
            "io.gripstream.grip.websocket..",
            "io.gripstream.grip.javalin..")
        .check(CLASSES);
  }

  /** {@code Interior} does, for the adapters. */
  @Test
  void no_package_knows_the_facade() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".store..", INSIDE + ".*..")
        .should()
        .dependOnClassesThat(facade())
        .check(CLASSES);
  }

  @Test
  void values_use_no_other_package() {
    noClasses()
        .that(new DescribedPredicate<JavaClass>("are values") {
          @Override
          public boolean test(JavaClass type) {
            return type.getPackageName().equals(ROOT) && isValue(type);
          }
        })
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            INSIDE + ".sse",
            ROOT + ".store",
            INSIDE + ".feed",
            INSIDE + ".door",
            INSIDE + ".direct",
            INSIDE + ".proxied",
            INSIDE + ".serve")
        .check(CLASSES);
  }

  /** A client could choose the name. Addresses are read by the {@code Addresses} of grip-client. */
  @Test
  void no_name_is_looked_up() {
    noClasses()
        .should()
        .callMethod(InetAddress.class, "getByName", String.class)
        .orShould()
        .callMethod(InetAddress.class, "getAllByName", String.class)
        .check(CLASSES);
  }

  private void mayNotTouch(String room, String... others) {
    String[] packages = new String[others.length];
    for (int i = 0; i < others.length; i++) {
      packages[i] = named(others[i]);
    }
    noClasses()
        .that()
        .resideInAPackage(named(room))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages)
        .check(CLASSES);
  }

  private static String named(String room) {
    return switch (room) {
      case "store" -> ROOT + ".store";
      case "core", "sql", "sqlite", "postgres", "redis" -> INSIDE + ".store." + room;
      default -> INSIDE + "." + room;
    };
  }

  private static DescribedPredicate<JavaClass> facade() {
    return new DescribedPredicate<>("are the facade") {
      @Override
      public boolean test(JavaClass type) {
        return type.getPackageName().equals(ROOT) && !isValue(type);
      }
    };
  }

  private static boolean isValue(JavaClass type) {
    String name = type.getName().substring(ROOT.length() + 1);
    int nested = name.indexOf('$');
    return VALUES.contains(nested < 0 ? name : name.substring(0, nested));
  }
}
