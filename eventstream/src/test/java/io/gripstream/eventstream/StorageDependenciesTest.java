package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.store.StoreOptions;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library as an application sees it that has named no driver, or one only. */
class StorageDependenciesTest {
  private static final String POSTGRES = "jdbc:postgresql://127.0.0.1/events";
  private static final String REDIS = "redis://127.0.0.1/1";

  @TempDir
  Path folder;

  @Test
  void sqlite_names_the_dependencies_to_add() {
    assertThatThrownBy(() -> open(sqlite(), "sqlite-jdbc", "flyway-core"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("storage in SQLite needs libraries that are not on the class path: add"
            + " org.xerial:sqlite-jdbc, org.flywaydb:flyway-core to the dependencies of your"
            + " application");
    assertThatThrownBy(() -> open(sqlite(), "sqlite-jdbc"))
        .hasMessage("storage in SQLite needs a library that is not on the class path: add"
            + " org.xerial:sqlite-jdbc to the dependencies of your application");
  }

  @Test
  void postgresql_names_the_dependencies_to_add() {
    assertThatThrownBy(() -> open(POSTGRES, "postgresql-", "HikariCP", "flyway-"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("add org.postgresql:postgresql, com.zaxxer:HikariCP,"
            + " org.flywaydb:flyway-core, org.flywaydb:flyway-database-postgresql to");
    assertThatThrownBy(() -> open(POSTGRES, "flyway-database-postgresql"))
        .hasMessageContaining("add org.flywaydb:flyway-database-postgresql to");
  }

  @Test
  void redis_names_the_dependency_to_add() {
    assertThatThrownBy(() -> open(REDIS, "lettuce-core"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("storage in Redis needs a library that is not on the class path: add"
            + " io.lettuce:lettuce-core to the dependencies of your application");
  }

  @Test
  void each_storage_needs_its_own_libraries_only() {
    assertThatCode(() -> open(sqlite(), "postgresql-", "HikariCP")).doesNotThrowAnyException();
    assertThatCode(() -> open(POSTGRES, "sqlite-jdbc", "lettuce-core")).doesNotThrowAnyException();
    assertThatCode(() -> open(REDIS, "sqlite-jdbc", "postgresql-", "HikariCP", "flyway-"))
        .doesNotThrowAnyException();
  }

  private String sqlite() {
    return "jdbc:sqlite:" + folder.resolve("events.db");
  }

  /**
   * As {@link EventStores#of(String, StoreOptions)}, in a class path without the jars whose names
   * begin like these.
   */
  private static void open(String databaseUrl, String... withoutJars) throws Exception {
    try (URLClassLoader classes = new URLClassLoader(without(List.of(withoutJars)), platform())) {
      Class<?> options = classes.loadClass(StoreOptions.class.getName());
      Class<?> stores = classes.loadClass(EventStores.class.getName());
      assertThat(stores.getClassLoader()).isSameAs(classes);
      stores
          .getMethod("of", String.class, options)
          .invoke(null, databaseUrl, options.getField("DEFAULT").get(null));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static URL[] without(List<String> jars) throws IOException {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(entry ->
            jars.stream().noneMatch(jar -> String.valueOf(entry.getFileName()).startsWith(jar)))
        .map(StorageDependenciesTest::url)
        .toArray(URL[]::new);
  }

  private static URL url(Path entry) {
    try {
      return entry.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ClassLoader platform() {
    return ClassLoader.getPlatformClassLoader();
  }
}
