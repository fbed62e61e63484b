package io.gripstream.eventstream.internal.direct.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The servers that are compared, each with how it is started. */
enum Kind {
  OURS("ours"),
  OURS_STORED("ours"),
  FLOOR("floor"),
  NCHAN("nchan"),
  JAVALIN_SSE("javalin_sse");

  /** Further arguments of the Java servers. */
  private static final List<String> OPTIONS = Pattern.compile("\\s+")
      .splitAsStream(System.getenv().getOrDefault("BENCH_JAVA_OPTIONS", ""))
      .filter(option -> !option.isEmpty())
      .toList();

  private final String word;

  Kind(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }

  boolean isJava() {
    return this == OURS || this == OURS_STORED || this == JAVALIN_SSE;
  }

  /** @param options of the JVM, if it is one */
  List<String> command(int port, Path folder, List<String> options) throws IOException {
    return switch (this) {
      case FLOOR ->
        List.of(Path.of(System.getProperty("bench.bin"), "sselimit").toString(), "" + port);
      case NCHAN -> List.of("nginx", "-c", nginx(port, folder).toString(), "-p", folder.toString());
      case OURS -> java(port, options, "none");
      case OURS_STORED -> java(port, options, "sqlite:" + folder.resolve("bench.db"));
      case JAVALIN_SSE -> java(port, options, "javalin");
    };
  }

  private static List<String> java(int port, List<String> options, String mode) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(OPTIONS);
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(BenchServer.class.getName());
    command.add("" + port);
    command.add(mode);
    return command;
  }

  private static Path nginx(int port, Path folder) throws IOException {
    File module = new File("/usr/lib/nginx/modules/ngx_nchan_module.so");
    if (!module.exists()) {
      throw new IOException("needs nginx with Nchan (Debian: libnginx-mod-nchan)");
    }
    Path file = folder.resolve("nginx.conf");
    String configuration =
        """
        load_module %1$s;
        daemon off;
        worker_processes 1;
        pid %2$s/nginx.pid;
        error_log %2$s/error.log warn;
        worker_rlimit_nofile %4$d;
        events { worker_connections %5$d; multi_accept on; }
        http {
          access_log off;
          keepalive_requests 10000000;
          keepalive_timeout 3600s;
          client_body_temp_path %2$s/b; proxy_temp_path %2$s/p; fastcgi_temp_path %2$s/f;
          uwsgi_temp_path %2$s/u; scgi_temp_path %2$s/s;
          nchan_shared_memory_size 512M;
          server {
            listen 127.0.0.1:%3$d backlog=16384;
            location = /events {
              nchan_subscriber eventsource;
              nchan_channel_id x;
              nchan_subscriber_first_message newest;
            }
            location = /publish {
              nchan_publisher;
              nchan_channel_id x;
              nchan_message_buffer_length 10000;
              nchan_message_timeout 20s;
            }
          }
        }
        """.formatted(module, folder, port, Limits.openFiles(), Limits.openFiles() - 10);
    Files.writeString(file, configuration);
    return file;
  }
}
