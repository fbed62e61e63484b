package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A program of {@code examples/}, compiled and running in a process of its own behind Pushpin. */
final class ExamplePrograms implements AutoCloseable {

  static final Path SOURCES = Path.of("examples");

  private final Process process;
  private final Pushpin pushpin;
  private final URI origin;

  private ExamplePrograms(Process process, Pushpin pushpin, URI origin) {
    this.process = process;
    this.pushpin = pushpin;
    this.origin = origin;
  }

  /**
   * Compiles and starts a program.
   *
   * @param route options of the target in Pushpin's routes, such as {@code ,over_http}
   */
  static ExamplePrograms start(String name, Path classes, String route) throws IOException {
    compile(name, classes);
    int port = Ports.free(1).get(0);
    Pushpin pushpin =
        Pushpin.builder().route("* 127.0.0.1:" + port + route).logLevel(3).start();
    var builder = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-cp",
        classes + File.pathSeparator + System.getProperty("java.class.path"),
        name);
    builder.environment().put("PORT", String.valueOf(port));
    builder.environment().put("GRIP_URL", pushpin.gripUrl());
    Path log = classes.resolve("log.txt");
    Process process =
        builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    var program = new ExamplePrograms(process, pushpin, URI.create("http://127.0.0.1:" + port));
    program.awaitReady(log);
    return program;
  }

  private static void compile(String name, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var problems = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled = compiler
          .getTask(
              problems,
              files,
              null,
              List.of(
                  "-Xlint:all,-processing,-classfile",
                  "-Werror",
                  "-proc:none",
                  "-d",
                  classes.toString(),
                  "-cp",
                  System.getProperty("java.class.path")),
              null,
              files.getJavaFileObjects(SOURCES.resolve(name + ".java")))
          .call();
      assertThat(compiled).as("compiled; " + problems).isTrue();
    }
  }

  private void awaitReady(Path log) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (status(origin) < 0 || status(pushpin.uri()) != status(origin)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        String output = Files.readString(log);
        close();
        throw new AssertionError("the program does not answer; it printed:\n" + output);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static int status(URI uri) {
    try {
      return ((HttpURLConnection) uri.resolve("/").toURL().openConnection()).getResponseCode();
    } catch (IOException e) {
      return -1;
    }
  }

  /** Where clients connect. */
  URI uri(String path) {
    return pushpin.uri().resolve(path);
  }

  /** The program itself, past the proxy. */
  URI origin(String path) {
    return origin.resolve(path);
  }

  /** Posts text and returns the answer. */
  static String post(URI uri, String text) throws IOException {
    var connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  void awaitSubscribed(String channel) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!pushpin
        .log()
        .lines()
        .anyMatch(l -> l.contains(" subscribe ") && l.endsWith("channel=" + channel))) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("nobody subscribed to " + channel + ":\n" + pushpin.log());
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Override
  public void close() {
    process.destroy();
    pushpin.close();
  }
}
