package io.gripstream.eventstream.internal.direct.bench;

import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One of the compared servers, in a separate process. */
final class RunningServer implements AutoCloseable {
  private final Kind kind;
  private final Process process;
  private final int port;
  private final Path folder;

  private RunningServer(Kind kind, Process process, int port, Path folder) {
    this.kind = kind;
    this.process = process;
    this.port = port;
    this.folder = folder;
  }

  static RunningServer start(Kind kind, String... options)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("bench-direct");
    int port = Ports.free(1).get(0);
    Process process = new ProcessBuilder(kind.command(port, folder, List.of(options)))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("out").toFile())
        .start();
    RunningServer server = new RunningServer(kind, process, port, folder);
    server.awaitReady();
    return server;
  }

  private void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try (Socket probe = new Socket()) {
        probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        return;
      } catch (IOException notYet) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException(
              kind + " does not start: " + Files.readString(folder.resolve("out")), notYet);
        }
        process.waitFor(20, TimeUnit.MILLISECONDS);
      }
    }
  }

  int port() {
    return port;
  }

  /** The output of the process. */
  String output() throws IOException {
    return Files.readString(folder.resolve("out"));
  }

  /** Everything that can be collected is collected, and what was freed goes back to the system. */
  void collect() throws IOException, InterruptedException {
    if (!kind.isJava()) {
      return;
    }
    for (int i = 0; i < 3; i++) {
      send(request("/gc"));
    }
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            "" + process.pid(),
            "System.trim_native_heap")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor(30, TimeUnit.SECONDS);
  }

  /** Sends one event to all streams. */
  void publish(String data) throws IOException, InterruptedException {
    send(request("/publish").POST(HttpRequest.BodyPublishers.ofString(data)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private static void send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<Void> response = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .build()
        .send(
            request.timeout(Duration.ofSeconds(30)).build(),
            HttpResponse.BodyHandlers.discarding());
    if (response.statusCode() >= 300) {
      throw new IOException("the server answered " + response);
    }
  }

  /** Resident memory of the process and those it started, in KB. */
  long residentKb() {
    return family().mapToLong(RunningServer::residentKb).sum();
  }

  /** CPU time used so far by the process and those it started, in milliseconds. */
  long cpuMillis() {
    return family()
        .mapToLong(one -> one.info().totalCpuDuration().orElse(Duration.ZERO).toMillis())
        .sum();
  }

  private Stream<ProcessHandle> family() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants());
  }

  private static long residentKb(ProcessHandle process) {
    try {
      return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException gone) {
      return 0;
    }
  }

  /** Asks the process to end; how long that takes, in seconds, or -1 if it had to be killed. */
  double stop() throws InterruptedException {
    long begin = System.nanoTime();
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      return -1;
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  @Override
  public void close() throws IOException {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
