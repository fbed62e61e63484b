package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.auth.TokenSigner;
import io.gripstream.app.config.Settings;
import io.gripstream.app.config.SettingsReader;
import io.gripstream.app.config.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that make and check tokens. */
class TokenCommandsTest extends Commands {
  @Test
  void tokens_are_made_and_checked() throws IOException {
    Map<String, String> environment = Map.of("GRIPSTREAM_TOKEN_SECRET", SECRET);
    CommandLineRun made =
        CommandLineRun.of(environment, "gentoken", "--sub", "ann", "--subscribe", "room-*");
    Path file = Files.writeString(directory.resolve("token"), made.out());

    CommandLineRun checked =
        CommandLineRun.of(environment, "checktoken", "--token-file", file.toString());

    assertThat(checked.code()).isZero();
    assertThat(checked.out().lines().skip(1))
        .containsExactly("sub: ann", "subscribe: room-*", "publish: nothing", "admin: false");
    CommandLineRun other = CommandLineRun.of(
        Map.of("GRIPSTREAM_TOKEN_SECRET", "ffeeddccbbaa99887766554433221100"),
        "checktoken",
        "--token-file",
        file.toString());
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err())
        .isEqualToIgnoringNewLines(
            "gripstream: the token is not a JWT signed with the configured key")
        .doesNotContain(made.out().strip());
  }

  @Test
  void a_token_that_is_over_is_said_to_be_over_while_servers_still_accept_it() throws IOException {
    Map<String, String> environment = Map.of("GRIPSTREAM_TOKEN_SECRET", SECRET);
    Settings settings = SettingsReader.read(Sources.read(null, environment, Map.of()));
    Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String token =
        TokenSigner.ofSecret(settings.auth()).sign("ann", List.of(), List.of(), false, end);
    Path file = Files.writeString(directory.resolve("token"), token);

    CommandLineRun run =
        CommandLineRun.of(environment, "checktoken", "--token-file", file.toString());

    assertThat(run.out())
        .startsWith("expired at " + end + "; servers still accept it until " + end.plusSeconds(5));
    assertThat(run.code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2920000d", "999999999d", "PT70000000H", "PT2562047788015215H", "P9999999999999D"})
  void a_token_that_no_server_would_accept_is_not_made(String ttl) {
    CommandLineRun run = CommandLineRun.of(
        Map.of("GRIPSTREAM_TOKEN_SECRET", SECRET), "gentoken", "--sub", "ann", "--ttl", ttl);

    assertThat(run.err())
        .startsWith("gripstream: --ttl")
        .contains(ttl)
        .hasLineCount(1)
        .doesNotContain("unexpected");
    assertThat(run.out()).isEmpty();
    assertThat(run.code()).isEqualTo(2);
  }
}
