package io.gripstream.app.cli;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import io.gripstream.app.doctor.Doctor;
import io.gripstream.app.doctor.Finding;
import io.gripstream.app.log.Logs;
import io.gripstream.app.server.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds out why events do not arrive, a line per check, and says what to do. */
@Command(
    name = "doctor",
    description =
        "Find out why events do not arrive. Prints one line per check, with advice. Run it on the server's machine, with the server's configuration.",
    mixinStandardHelpOptions = true)
final class DoctorCommand extends CliCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "URL",
      description =
          "Where clients reach the server. Default: public_url, else the server's own address.")
  @Nullable
  String url;

  @Option(
      names = "--origin",
      paramLabel = "ORIGIN",
      description =
          "Check whether pages of this origin, such as https://app.example, may read streams.")
  @Nullable
  String origin;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with a token that may open streams. Default: $$GRIPSTREAM_TOKEN.")
  @Nullable
  Path tokenFile;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Logs.configureForCommand();
    AtomicInteger failures = new AtomicInteger();
    Settings settings;
    try {
      settings = settings();
      Server.check(settings);
    } catch (ConfigException e) {
      print(new Finding(Finding.Level.FAIL, "configuration", String.valueOf(e.getMessage())));
      throw new Failure("the configuration is wrong, nothing else was checked");
    }
    print(new Finding(Finding.Level.OK, "configuration", "read and allowed"));
    new Doctor(settings, address(settings), token(tokenFile), origin).run(finding -> {
      print(finding);
      if (finding.level() == Finding.Level.FAIL) {
        failures.incrementAndGet();
      }
    });
    if (failures.get() > 0) {
      throw new Failure(failures + (failures.get() == 1 ? " check" : " checks") + " failed");
    }
    return 0;
  }

  /** If the output has no reader, the exit code still tells the result. */
  private void print(Finding finding) {
    try {
      out().println(finding);
    } catch (Output.Unwritten e) {
      if (!e.isUnread()) {
        throw e;
      }
    }
  }

  private HttpUrl address(Settings settings) {
    String publicUrl = settings.grip().proxies().stream()
        .filter(proxy -> proxy.publicUrl() != null)
        .map(proxy -> String.valueOf(proxy.publicUrl()))
        .findFirst()
        .orElse(null);
    return Remote.of(settings, url != null ? url : publicUrl, null).base();
  }
}
