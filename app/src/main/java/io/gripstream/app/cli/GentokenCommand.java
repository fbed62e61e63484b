package io.gripstream.app.cli;

import io.gripstream.app.auth.TokenSigner;
import io.gripstream.app.config.Settings;
import io.gripstream.app.config.Utf8;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a token that a server with this configuration accepts. */
@Command(
    name = "gentoken",
    description = "Make a token (JWT) that a server with this configuration accepts.",
    mixinStandardHelpOptions = true)
final class GentokenCommand extends CliCommand implements Callable<Integer> {
  @Option(
      names = "--sub",
      required = true,
      paramLabel = "USER",
      description = "User that the token is for.")
  String user = "";

  @Option(
      names = "--subscribe",
      paramLabel = "PATTERN",
      description = "Channels it may read: news, room-*, or *; may be repeated.")
  List<String> subscribe = List.of();

  @Option(
      names = "--publish",
      paramLabel = "PATTERN",
      description = "Channels it may publish to; may be repeated.")
  List<String> publish = List.of();

  @Option(names = "--admin", description = "It may administer: metrics, channels, revocations.")
  boolean admin;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description = "Lifetime: 30m, 1h or 7d, or as ISO 8601. Default: 1h.")
  String ttl = "1h";

  @Option(
      names = "--private-key",
      paramLabel = "FILE",
      description = "Private key (PEM, PKCS #8) of token_public_key or of a key of token_jwks_url."
          + " Default: token_secret of the configuration.")
  @Nullable
  Path privateKey;

  @Option(names = "--kid", paramLabel = "ID", description = "The id of that key in its key set.")
  @Nullable
  String keyId;

  @Override
  public Integer call() {
    Settings settings = settings();
    TokenSigner signer = privateKey == null
        ? TokenSigner.ofSecret(settings.auth())
        : TokenSigner.ofPrivateKey(
            settings.auth(), Utf8.read("the private key", privateKey), keyId);
    out().println(signer.sign(user, publish, subscribe, admin, until("--ttl", ttl)));
    return 0;
  }
}
