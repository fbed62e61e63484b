package io.gripstream.app.cli;

import io.gripstream.app.auth.Caller;
import io.gripstream.app.auth.ChannelPattern;
import io.gripstream.app.auth.Denied;
import io.gripstream.app.auth.TokenKeys;
import io.gripstream.app.auth.TokenVerifier;
import io.gripstream.app.config.Printable;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.gripstream.app.log.Logs;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reports whether a server with this configuration accepts a token, and what the token allows. */
@Command(
    name = "checktoken",
    description =
        "Check whether a server with this configuration accepts a token, and print what it allows.",
    mixinStandardHelpOptions = true)
final class ChecktokenCommand extends CliCommand implements Callable<Integer> {
  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the token. Default: $$GRIPSTREAM_TOKEN, else standard input.")
  @Nullable
  Path tokenFile;

  private final Clock clock = Clock.systemUTC();

  @Override
  public Integer call() {
    Logs.configureForCommand();
    Settings settings = settings();
    try (TokenVerifier verifier = TokenKeys.verifier(settings.auth(), clock)
        .orElseThrow(
            () -> new Failure("no key that verifies tokens is configured: set token_secret,"
                + " token_public_key or token_jwks_url"))) {
      print(caller(verifier));
    }
    return 0;
  }

  private Caller caller(TokenVerifier verifier) {
    String token = token();
    try {
      return verifier.verify(token);
    } catch (Denied e) {
      throw new Failure(verifier
          .problem()
          .map(problem ->
              "the key set of the token's issuer cannot be read (token_jwks_url), " + problem)
          .orElse(String.valueOf(e.getMessage())));
    }
  }

  private String token() {
    Secret token = token(tokenFile);
    return token != null ? token.value() : Input.text("a token is ASCII").strip();
  }

  private void print(Caller caller) {
    PrintWriter out = out();
    out.println(validity(caller.until()));
    out.println("sub: " + Printable.of(String.valueOf(caller.user())));
    out.println("subscribe: " + texts(caller.subscribe()));
    out.println("publish: " + texts(caller.publish()));
    out.println("admin: " + caller.admin());
  }

  private String validity(@Nullable Instant until) {
    if (until == null || until.isAfter(clock.instant())) {
      return "valid until " + until;
    }
    return "expired at " + until + "; servers still accept it until "
        + until.plus(TokenVerifier.LEEWAY) + ", as clocks differ";
  }

  private static String texts(List<ChannelPattern> patterns) {
    return patterns.isEmpty()
        ? "nothing"
        : patterns.stream()
            .map(pattern -> Printable.of(pattern.text()))
            .collect(Collectors.joining(", "));
  }
}
