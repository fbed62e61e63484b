package io.gripstream.eventstream.internal.direct.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the load client ({@code sseload.c}) and reads what it found. */
final class Load {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Process process;
  private final Path out;
  private final int seconds;

  private Load(Process process, Path out, int seconds) {
    this.process = process;
    this.out = out;
    this.seconds = seconds;
  }

  /** The result. */
  record Result(
      int connections,
      double openSeconds,
      int closed,
      long sent,
      long delivered,
      double elapsedSeconds,
      double deliveriesPerSecond,
      double publishesPerSecond,
      double p50,
      double p99,
      double max) {
    boolean isComplete() {
      return closed == 0 && sent > 0 && delivered == sent * connections;
    }
  }

  /** Publishes {@code events} at a rate, over 32 connections; 0: as fast as the server answers. */
  static Result publish(int port, int connections, int events, double rate, int seconds)
      throws IOException, InterruptedException {
    return start(
            port,
            connections,
            seconds,
            "-P",
            "" + port,
            "-U",
            "/publish",
            "-b",
            "%T",
            "-k",
            "" + events,
            "-r",
            "" + rate,
            "-c",
            "32",
            "-w",
            rate == 0 ? "20" : "1000")
        .result();
  }

  /** Opens connections and holds them for some seconds after all are open. */
  static Load hold(int port, int connections, int seconds) throws IOException {
    return start(port, connections, seconds, "-i");
  }

  /** Waits for events of another publisher. */
  static Load listen(int port, int connections, int events, int seconds) throws IOException {
    return start(port, connections, seconds, "-k", "" + events);
  }

  private static Load start(int port, int connections, int seconds, String... more)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("bench.bin"), "sseload").toString(),
        "-p",
        "" + port,
        "-u",
        "/events?channel=x",
        "-n",
        "" + connections,
        "-t",
        "" + seconds,
        "-a",
        "" + (connections / 10_000 + 1)));
    command.addAll(List.of(more));
    Path out = Files.createTempFile("bench-direct", ".json");
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .redirectOutput(out.toFile())
        .start();
    return new Load(process, out, seconds);
  }

  /** Waits for the end. A run that had to be cut short has opened nothing. */
  Result result() throws IOException, InterruptedException {
    if (!process.waitFor(seconds + 60L, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    String found = Files.readString(out);
    Files.delete(out);
    if (found.isBlank()) {
      return new Result(0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
    JsonNode json = JSON.readTree(found);
    JsonNode latency = json.get("lat_ms");
    return new Result(
        json.get("conns").asInt(),
        json.get("open_s").asDouble(),
        json.get("closed").asInt(),
        json.get("sent").asLong(),
        json.get("delivered").asLong(),
        json.get("elapsed_s").asDouble(),
        json.get("deliveries_per_s").asDouble(),
        json.get("publishes_per_s").asDouble(),
        latency.get("p50").asDouble(),
        latency.get("p99").asDouble(),
        latency.get("max").asDouble());
  }
}
