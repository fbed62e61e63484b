package io.gripstream.eventstream.clients;

import io.gripstream.eventstream.testkit.StreamEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client from npm, in Node or in a headless Chromium ({@code src/test/js}). */
final class ScriptClient extends RealClient {
  private static final Path SOURCES = Path.of("src/test/js");
  static final Path INSTALLED = Path.of("target/js");
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String name;
  private final Process process;

  private ScriptClient(String kind, URI uri) {
    name = kind + " " + uri;
    try {
      ProcessBuilder node = new ProcessBuilder("node", "client.mjs", kind, uri.toString())
          .directory(INSTALLED.toFile())
          .redirectError(ProcessBuilder.Redirect.INHERIT);
      node.environment().put("CHROMIUM", CHROMIUM.toString());
      process = node.start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run node; is it installed?", e);
    }
    Thread reader = new Thread(this::read, "script-client");
    reader.setDaemon(true);
    reader.start();
  }

  static ScriptClient node(String client, URI stream) {
    return new ScriptClient(client, stream);
  }

  static ScriptClient chromium(URI page) {
    return new ScriptClient("chromium", page);
  }

  /** Installs the npm packages, exactly those of the lock file. Fails if anything is missing. */
  static void install() throws IOException, InterruptedException {
    if (!Files.isExecutable(CHROMIUM)) {
      throw new IllegalStateException(
          CHROMIUM + " is missing; install the package chromium (scripts/test does)");
    }
    Files.createDirectories(INSTALLED);
    for (String file : List.of("package.json", "package-lock.json", "client.mjs", "front.mjs")) {
      Files.copy(
          SOURCES.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Path output = INSTALLED.resolve("npm.log");
    Process npm = new ProcessBuilder(
            "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        .directory(INSTALLED.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    boolean isDone = npm.waitFor(2, TimeUnit.MINUTES);
    if (!isDone) {
      npm.descendants().forEach(ProcessHandle::destroyForcibly);
      npm.destroyForcibly();
    }
    if (!isDone || npm.exitValue() != 0) {
      throw new IllegalStateException("npm ci failed:\n" + Files.readString(output));
    }
  }

  private void read() {
    try (BufferedReader lines = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode event = JSON.readTree(line);
        got(new StreamEvent(
            event.get("type").asString(),
            event.get("id").asString(),
            event.get("data").asString()));
      }
    } catch (IOException closed) {
      // The test ends the process while it is read.
    }
  }

  /** It ends when its standard input does, and takes its browser with it. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
