package io.gripstream.grip;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.gripstream.grip.internal.Addresses;
import io.gripstream.grip.internal.Jose;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** The rooms of this module and the arrows between them. */
class ArchitectureTest {

  private static final String GRIP = "io.gripstream.grip";

  private static final JavaClasses CLASSES = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .importPackages(GRIP);

  @Test
  void packages_have_no_cycles() {
    slices().matching(GRIP + ".(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void values_depend_on_no_package() {
    noClasses()
        .that()
        .resideInAPackage(GRIP)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            GRIP + ".publish..", GRIP + ".websocket..", GRIP + ".javalin..", "okhttp3..")
        .check(CLASSES);
  }

  @Test
  void only_the_adapter_knows_javalin() {
    noClasses()
        .that()
        .resideOutsideOfPackage(GRIP + ".javalin..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.javalin..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages(GRIP + ".javalin..", GRIP + ".internal.jetty")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jakarta.servlet..", "org.eclipse.jetty..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages(GRIP + ".javalin..", GRIP + ".internal.jetty")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(GRIP + ".internal.jetty")
        .check(CLASSES);
  }

  @Test
  void only_publishing_knows_http() {
    noClasses()
        .that()
        .resideOutsideOfPackage(GRIP + ".publish..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("okhttp3..", "okio..")
        .check(CLASSES);
  }

  @Test
  void no_library_is_used_by_its_inside() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.jsonwebtoken.impl..", "okhttp3.internal..", "org.slf4j.simple..")
        .check(CLASSES);
  }

  @Test
  void tokens_and_keys_are_made_and_read_with_one_json() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(Jose.class)
        .should()
        .callMethod(Jwts.class, "builder")
        .orShould()
        .callMethod(Jwts.class, "parser")
        .orShould()
        .callMethod(Jwks.class, "parser")
        .check(CLASSES);
  }

  /** A client could choose the name. */
  @Test
  void only_the_parser_of_addresses_could_look_a_name_up() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(Addresses.class)
        .should()
        .callMethod(InetAddress.class, "getByName", String.class)
        .orShould()
        .callMethod(InetAddress.class, "getAllByName", String.class)
        .check(CLASSES);
  }

  @Test
  void classes_are_final_and_fields_not_public() {
    classes()
        .that()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .and()
        .areNotAnonymousClasses()
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(CLASSES);
    fields().that().areNotStatic().should().notBePublic().check(CLASSES);
  }

  @Test
  void public_methods_declare_no_checked_exceptions() {
    methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage(GRIP + ".javalin..")
        .should()
        .notDeclareThrowableOfType(Exception.class)
        .check(CLASSES);
    methods()
        .that()
        .arePublic()
        .should()
        .notDeclareThrowableOfType(IOException.class)
        .check(CLASSES);
  }
}
