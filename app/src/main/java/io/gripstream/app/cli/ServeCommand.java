package io.gripstream.app.cli;

import io.gripstream.app.api.Checkup;
import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Setting;
import io.gripstream.app.config.Settings;
import io.gripstream.app.config.Sources;
import io.gripstream.app.doctor.Doctor;
import io.gripstream.app.doctor.Finding;
import io.gripstream.app.log.Logs;
import io.gripstream.app.server.Server;
import io.javalin.util.JavalinBindException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the server until SIGTERM or SIGINT, or until its storage was replaced. */
@Command(
    name = "serve",
    description = "Run the server: streams under /events, the API under /api, a console at /.",
    mixinStandardHelpOptions = true)
final class ServeCommand extends CliCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final Duration FAULT_LOOKS = Duration.ofSeconds(1);
  private static final int KEY_BYTES = 24;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Address to listen on. Default: 127.0.0.1.")
  @Nullable
  String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on. Default: $$PORT, else 8080.")
  @Nullable
  String port;

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description =
          "Where clients reach the server, such as http://127.0.0.1:7999 for a proxy in front:"
              + " wait until streams work there before saying ready.")
  @Nullable
  String publicUrl;

  @Option(names = "--made-key", hidden = true, description = "The API key is one of this run.")
  boolean isKeyMade;

  @Override
  public Integer call() throws InterruptedException {
    Settings settings = settings(arguments());
    Logs.configure(settings.log());
    Thread.setDefaultUncaughtExceptionHandler(new LastWord());
    Settings keyed = keyed(settings);
    Server server = start(keyed);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "gripstream-stop"));
    if (publicUrl != null) {
      String problem = server
          .readiness(publicUrl)
          .await(
              READY_WITHIN,
              late -> LOG.warn(
                  "Waiting until a stream works through {}: {}; meanwhile streams are served at {}",
                  publicUrl,
                  late,
                  server.url()));
      if (problem != null) {
        throw new Failure(
            "no stream works through " + publicUrl + " after " + READY_WITHIN.toSeconds() + " s: "
                + problem + ". Find out why with: gripstream doctor " + publicUrl);
      }
    }
    PrintWriter out = out();
    String url = publicUrl != null ? publicUrl : server.url();
    try {
      server.consoleLink(url).ifPresent(link -> out.println("console: " + link));
      out.println("ready: " + url);
    } catch (Output.Unwritten e) {
      LOG.warn("Ready, but {}", e.getMessage());
    }
    return awaitFault(server);
  }

  /** Until then, a signal ends the process. The shutdown hook closes the server. */
  private static int awaitFault(Server server) throws InterruptedException {
    CountDownLatch pause = new CountDownLatch(1);
    Optional<String> fault = server.fault();
    while (fault.isEmpty()) {
      pause.await(FAULT_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
      fault = server.fault();
    }
    LOG.error(
        "The server exits with code {} and expects to be restarted: {}",
        LastWord.EXIT_CODE,
        fault.get());
    return LastWord.EXIT_CODE;
  }

  /**
   * Without a key the server makes one, if only this machine can reach it. It is printed once,
   * here, and never logged.
   */
  private Settings keyed(Settings settings) {
    if (!settings.auth().isOpen() || !Authenticator.isLoopback(settings.http().host())) {
      return settings;
    }
    Secret key = random();
    try {
      out().println("API key of this run: " + key.value());
    } catch (Output.Unwritten e) {
      throw new Failure(
          "the API key of this run cannot be printed: standard output cannot be written. Set api_keys"
              + " (GRIPSTREAM_API_KEYS)");
    }
    isKeyMade = true;
    return settings.withKey(key);
  }

  private static Secret random() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new Secret(HexFormat.of().formatHex(bytes));
  }

  private Server start(Settings settings) {
    try {
      return Server.start(
          settings,
          random(),
          isKeyMade,
          (isThorough, each) -> check(settings, isThorough, each),
          Clock.systemUTC());
    } catch (JavalinBindException e) {
      throw new Failure(
          "port " + settings.http().port() + " on " + settings.http().host()
              + " is not available: another program uses it, or it needs more rights. Choose another port with --port or PORT");
    }
  }

  private void check(Settings settings, boolean isThorough, Consumer<Checkup.Result> each)
      throws InterruptedException {
    Consumer<Finding> findings = finding -> each.accept(new Checkup.Result(
        finding.level().name().toLowerCase(Locale.ROOT), finding.subject(), finding.text()));
    if (isThorough) {
      HttpUrl url = Remote.of(settings, publicUrl, null).base();
      new Doctor(settings, url, null, null).run(findings);
    } else {
      Doctor.look(settings, findings);
    }
  }

  private Map<Setting, Sources.Argument> arguments() {
    Map<Setting, Sources.Argument> arguments = new EnumMap<>(Setting.class);
    if (host != null) {
      arguments.put(Setting.HOST, new Sources.Argument("--host", host));
    }
    if (port != null) {
      arguments.put(Setting.PORT, new Sources.Argument("--port", port));
    }
    if (publicUrl != null) {
      arguments.put(Setting.PUBLIC_URL, new Sources.Argument("--public-url", publicUrl));
    }
    return arguments;
  }
}
