package io.gripstream.grip.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The text of a configuration file of Pushpin, for one version of it. */
final class PushpinConfiguration {
  private PushpinConfiguration() {}

  /**
   * That file unchanged, except for ports, directories and socket names, which must differ on a
   * shared machine.
   */
  static String shipped(Path shipped, PushpinProgram program, Path directory, List<Integer> ports)
      throws IOException {
    Path own = shipped.resolve("pushpin-" + program.version() + ".conf");
    return Files.readString(Files.exists(own) ? own : shipped.resolve("pushpin.conf"))
        .replaceAll("(?m)^\\[global]$", "[global]\n" + libraries(program))
        .replaceAll("(?m)^rundir=.*$", "rundir=" + directory + "/run")
        .replaceAll("(?m)^logdir=.*$", "logdir=" + directory + "/log")
        .replaceAll("(?m)^ipc_prefix=.*$", "ipc_prefix=t-")
        .replaceAll("(?m)^routesfile=.*$", "routesfile=routes")
        .replaceAll("(?m)^http_port=.*$", "http_port=127.0.0.1:" + ports.get(0))
        .replaceAll("(?m)^push_in_http_port=.*$", "push_in_http_port=" + ports.get(1));
  }

  /** Empty if they are in their default place; else a line of {@code [global]}. */
  private static String libraries(PushpinProgram program) {
    return program.libraries().map(folder -> "libdir=" + folder + "\n").orElse("");
  }

  /** One of the test's own, with these entries in its sections. */
  static String own(
      PushpinProgram program,
      Path directory,
      List<Integer> ports,
      int logLevel,
      Map<String, String> proxy,
      Map<String, String> handler) {
    // Debian's internal.conf of 1.36 expects a zurl of the system: this runs its own.
    boolean zurl = program.version() == PushpinVersion.V1_36;
    var text = new StringBuilder();
    text.append("""
        [global]
        %5$sinclude={libdir}/internal.conf
        rundir=%1$s/run
        ipc_prefix=t-
        [runner]
        services=%4$s
        http_port=127.0.0.1:%2$d
        logdir=%1$s/log
        log_level=%3$d
        client_buffer_size=16384
        client_maxconn=50000
        %6$s[proxy]
        routesfile=routes
        """.formatted(
            directory,
            ports.get(0),
            logLevel,
            zurl ? "condure,zurl,pushpin-proxy,pushpin-handler" : "connmgr,proxy,handler",
            libraries(program),
            zurl ? "" : "allow_compression=false\n"));
    if (zurl) {
      text.append("""
          zurl_out_specs=ipc://{rundir}/{ipc_prefix}zurl-in
          zurl_out_stream_specs=ipc://{rundir}/{ipc_prefix}zurl-in-stream
          zurl_in_specs=ipc://{rundir}/{ipc_prefix}zurl-out
          """);
    }
    proxy.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    text.append("""
        [handler]
        push_in_http_addr=127.0.0.1
        push_in_http_port=%d
        """.formatted(ports.get(1)));
    var settings = new LinkedHashMap<>(handler);
    if (!zurl) {
      // As the shipped configuration says. 1.36 asks a second after the first subscription
      // anyway.
      settings.putIfAbsent("update_on_first_subscription", "false");
    }
    settings.forEach(
        (name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.toString();
  }
}
