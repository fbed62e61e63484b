package io.gripstream.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.app.server.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every key with what is not a value of its kind: a number, a truth, a list, an object or nothing
 * where something else is wanted. Each is refused in a line that names key and rule, and the value
 * where it is not a secret. A key that is new must be put into one of the kinds here.
 */
class WrongValuesTest {
  private static final Set<Setting> NUMBERS = Set.of(
      Setting.PORT,
      Setting.HISTORY_SIZE,
      Setting.MAX_CHANNELS,
      Setting.MAX_EVENT_BYTES,
      Setting.MAX_BODY_BYTES,
      Setting.MAX_BATCH_ITEMS,
      Setting.MAX_STREAMS,
      Setting.MAX_STREAMS_PER_USER,
      Setting.MAX_STREAMS_PER_ADDRESS,
      Setting.NEW_CHANNEL_LIMIT);
  private static final Set<Setting> TIMES =
      Set.of(Setting.HISTORY_TTL, Setting.KEEP_ALIVE, Setting.SHUTDOWN_TIMEOUT);
  private static final Set<Setting> FLAGS = Set.of(
      Setting.DEMOS,
      Setting.ANONYMOUS_EXISTING_ONLY,
      Setting.CORS_ALLOW_CREDENTIALS,
      Setting.LOG_ACCESS);
  private static final Set<Setting> CHOICES = Set.of(Setting.LOG_FORMAT, Setting.LOG_LEVEL);

  /** Any text will do, or nearly any. */
  private static final Set<Setting> NAMES =
      Set.of(Setting.GRIP_PREFIX, Setting.TOKEN_ISSUER, Setting.TOKEN_AUDIENCE);

  private static final Set<Setting> FORMS = Set.of(
      Setting.HOST,
      Setting.DATABASE_URL,
      Setting.TABLE_PREFIX,
      Setting.GRIP_URL,
      Setting.PUBLIC_URL,
      Setting.SECRET,
      Setting.GRIP_VERIFY_KEY,
      Setting.GRIP_VERIFY_KEY_PREVIOUS,
      Setting.TOKEN_SECRET,
      Setting.TOKEN_SECRET_PREVIOUS,
      Setting.TOKEN_PUBLIC_KEY,
      Setting.TOKEN_PUBLIC_KEY_PREVIOUS,
      Setting.TOKEN_JWKS_URL);

  /** Secrets of any text, among others. */
  private static final Set<Setting> GRIP_KEYS =
      Set.of(Setting.GRIP_VERIFY_KEY, Setting.GRIP_VERIFY_KEY_PREVIOUS);

  /** Lists of names. */
  private static final Set<Setting> LISTS = Set.of(Setting.API_KEYS);

  /** Lists of what has a form. */
  private static final Set<Setting> LISTS_OF_FORMS = Set.of(
      Setting.PROXIES,
      Setting.TRUSTED_PROXIES,
      Setting.CORS_ALLOW_ORIGINS,
      Setting.CORS_ALLOW_HEADERS,
      Setting.CHANNEL_RULES,
      Setting.ROUTES);

  @TempDir
  Path directory;

  @ParameterizedTest
  @EnumSource
  void a_value_of_the_wrong_kind_is_refused_in_a_line_with_key_and_rule(Setting setting)
      throws IOException {
    for (String wrong : inFiles(setting)) {
      refusal(setting, wrong)
          .as("%s: %s", setting, wrong)
          .hasMessageMatching("(?s).*\\b" + setting.key().replace(".", "\\.") + "\\b.*");
    }
    for (String name : setting.environment()) {
      for (String wrong : inVariables(setting)) {
        assertThatThrownBy(() -> check(null, Map.of(name, wrong)))
            .as("%s=%s", name, wrong)
            .isInstanceOf(ConfigException.class)
            .message()
            .hasLineCount(1)
            .contains(setting.key());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothing_is_as_if_the_key_were_not_there(Setting setting) throws IOException {
    for (String nothing : List.of("", "null", "~")) {
      assertThat(read(file(setting, nothing), Map.of()))
          .as("%s: %s", setting, nothing)
          .isEqualTo(read(null, Map.of()));
    }
    for (String name : setting.environment()) {
      assertThat(read(null, Map.of(name, "  "))).as(name).isEqualTo(read(null, Map.of()));
    }
  }

  private static List<String> inFiles(Setting setting) {
    List<String> structures = List.of("[]", "[a]", "{a: b}", "{}", "[~]", "[[a]]");
    Stream<String> others;
    if (NUMBERS.contains(setting)) {
      others = Stream.of("1.5", "-1", "true", "'% %'", "99999999999999999999", "0x10");
    } else if (TIMES.contains(setting)) {
      others = Stream.of("1.5", "-1", "true", "'% %'", "''");
    } else if (FLAGS.contains(setting)) {
      // Without a default, an empty text is nothing.
      others = setting == Setting.DEMOS
          ? Stream.of("1", "yes", "'% %'")
          : Stream.of("1", "yes", "'% %'", "''");
    } else if (CHOICES.contains(setting)) {
      others = Stream.of("1.5", "true", "'% %'", "''");
    } else if (NAMES.contains(setting)) {
      others = Stream.of("1.5", "-1", "true");
    } else if (FORMS.contains(setting)) {
      others = GRIP_KEYS.contains(setting)
          ? Stream.of("1.5", "true", "'base64:%'")
          : Stream.of("1.5", "true", "'% %'");
    } else if (LISTS.contains(setting)) {
      return List.of("1.5", "true", "{a: b}", "{}", "[~]", "[[a]]", "[{a: b}]", "[1.5]", "['']");
    } else {
      assertThat(LISTS_OF_FORMS).as("the kinds of keys").contains(setting);
      return List.of(
          "1.5", "true", "{a: b}", "{}", "[~]", "[[a]]", "[{a: b}]", "[1.5]", "['']", "['% %']");
    }
    return Stream.concat(structures.stream(), others).toList();
  }

  private static List<String> inVariables(Setting setting) {
    if (NAMES.contains(setting)) {
      return List.of();
    }
    if (GRIP_KEYS.contains(setting)) {
      return List.of("base64:%", "-----BEGIN PUBLIC KEY-----", "\"quoted\"");
    }
    if (LISTS.contains(setting) || LISTS_OF_FORMS.contains(setting)) {
      return List.of("{a: b}", "[null]", "[[a]]", "[1.5]", "[a", "['']");
    }
    return List.of("[null]", "{a: b}", "% %");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refusal(Setting setting, String yaml)
      throws IOException {
    Path file = file(setting, yaml);
    var refusal = assertThatThrownBy(() -> check(file, Map.of()))
        .as("%s: %s", setting, yaml)
        .isInstanceOf(ConfigException.class);
    refusal.message().hasLineCount(1).doesNotContain("Exception");
    return refusal;
  }

  private Path file(Setting setting, String yaml) throws IOException {
    String key = setting.key();
    int dot = key.indexOf('.');
    String line = dot < 0
        ? key + ": " + yaml
        : key.substring(0, dot) + ": {" + key.substring(dot + 1) + ": " + yaml + "}";
    return Files.writeString(directory.resolve("f.yaml"), line + "\n");
  }

  private static Settings read(Path file, Map<String, String> environment) {
    return SettingsReader.read(Sources.read(file, environment, Map.of()));
  }

  private static void check(Path file, Map<String, String> environment) {
    Server.check(read(file, environment));
  }
}
