package io.gripstream.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From files, variables and options to settings, and what is said when something is wrong. */
class SettingsTest {
  @TempDir
  Path directory;

  @Test
  void without_anything_the_defaults_hold() {
    Settings settings = read(Map.of());

    assertThat(settings.http()).isEqualTo(new Settings.Http("127.0.0.1", 8080, 8_388_608, 10_000));
    assertThat(settings.storage().isDefault()).isTrue();
    assertThat(settings.storage().historyTtl()).isEqualTo(Duration.ofHours(24));
    assertThat(settings.auth().isOpen()).isTrue();
    assertThat(settings.grip().proxies()).isEmpty();
  }

  @Test
  void an_option_beats_a_variable_and_a_variable_the_file() throws IOException {
    Path file = file("port: 1\nhost: 127.0.0.3\nmax_channels: 5\n");
    Map<Setting, Sources.Argument> options =
        Map.of(Setting.HOST, new Sources.Argument("--host", "127.0.0.2"));

    Settings settings = SettingsReader.read(Sources.read(file, Map.of("PORT", "2"), options));

    assertThat(settings.http().host()).isEqualTo("127.0.0.2");
    assertThat(settings.http().port()).isEqualTo(2);
    assertThat(settings.streams().maxChannels()).isEqualTo(5);
  }

  @Test
  void every_key_has_a_variable_and_the_names_of_the_field_come_first() {
    assertThat(Setting.PORT.environment()).containsExactly("PORT", "GRIPSTREAM_PORT");
    assertThat(Setting.CORS_ALLOW_ORIGINS.environment())
        .containsExactly("GRIPSTREAM_CORS_ALLOW_ORIGINS");
    assertThat(read(Map.of("GRIPSTREAM_PORT", "7")).http().port()).isEqualTo(7);
  }

  @Test
  void a_file_has_lists_levels_and_objects() throws IOException {
    Path file = file("""
        cors:
          allow_origins: [https://a.example, https://b.example]
          allow_credentials: true
        routes:
          - path: /objects/{id}/events
            channels: ["object-{id}"]
        api_keys:
          - 0a1b2c3d4e5f60718293
          - key: f0e1d2c3b4a5968778695a
            publish: [news]
        proxies:
          - control_uri: http://127.0.0.1:5561
            verify_key: a key of the proxy
            public_url: http://127.0.0.1:7999
        """);

    Settings settings = SettingsReader.read(Sources.read(file, Map.of(), Map.of()));

    assertThat(settings.streams().corsAllowOrigins())
        .containsExactly("https://a.example", "https://b.example");
    assertThat(settings.streams().corsAllowCredentials()).isTrue();
    assertThat(settings.streams().routes())
        .containsExactly(new Settings.Route(
            "/objects/{id}/events", List.of("object-{id}"), OptionalInt.empty()));
    assertThat(settings.auth().apiKeys())
        .extracting(Settings.ApiKey::publish)
        .containsExactly(List.of("*"), List.of("news"));
    assertThat(settings.grip().proxies())
        .extracting(Settings.Proxy::publicUrl)
        .containsExactly(URI.create("http://127.0.0.1:7999"));
  }

  @Test
  void several_proxies_and_one_verify_key_come_from_the_environment() {
    Settings settings = read(Map.of(
        "GRIP_URL", "http://127.0.0.1:5561 http://127.0.0.1:5571?verify-key=another",
        "GRIP_VERIFY_KEY", "a common key"));

    assertThat(settings.grip().proxies())
        .extracting(proxy -> proxy.grip().name())
        .containsExactly("http://127.0.0.1:5561/", "http://127.0.0.1:5571/");
    assertThat(settings.grip().proxies()).allMatch(proxy -> proxy.grip().verifyKey() != null);
  }

  @Test
  void variables_of_a_kubernetes_service_are_not_settings() {
    Settings settings = read(Map.of(
        "GRIPSTREAM_PORT", "tcp://10.0.0.1:8080",
        "GRIPSTREAM_PORT_8080_TCP_ADDR", "10.0.0.1",
        "GRIPSTREAM_SERVICE_HOST", "10.0.0.1"));

    assertThat(settings.http().port()).isEqualTo(8080);
  }

  @Test
  void settings_do_not_print_secrets() {
    Settings settings = read(Map.of(
        "DATABASE_URL", "jdbc:postgresql://db/events?user=u&password=hidden-1",
        "GRIP_URL", "http://127.0.0.1:5561?iss=me&key=hidden-2",
        "GRIP_VERIFY_KEY", "hidden-3",
        "GRIPSTREAM_SECRET", "hidden-4-and-longer",
        "GRIPSTREAM_API_KEYS", "hidden-5-and-longer",
        "GRIPSTREAM_TOKEN_SECRET", "hidden-6-and-longer"));

    assertThat(settings.toString()).doesNotContain("hidden");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      prt: 1                     | unknown key prt; did you mean port?
      cors: {allow_origin: x}    | unknown key cors.allow_origin; did you mean cors.allow_origins?
      routes: [{pth: /x}]        | unknown key pth; did you mean path?
      port: eighty               | port (FILE): "eighty" must be a whole number from 0 to 65535
      history_ttl: 1 day         | history_ttl (FILE): "1 day" must be a time such as 500ms, 20s, 5m, 24h or 7d
      history_ttl: 10ms          | history_ttl (FILE): "10ms" must be at least 1000ms
      log: {format: xml}         | log.format (FILE): "xml" must be one of text, json
      log: {access: maybe}       | log.access (FILE): "maybe" must be true or false
      max_channels: 20           | max_channels (FILE): "20" must be a whole number from 1 to 19
      database_url: mysql://x    | must be jdbc:sqlite:PATH, postgres://USER:PASSWORD@HOST/DATABASE, redis://USER:PASSWORD@HOST or none
      secret: short              | secret (FILE): the secret has 5 bytes; at least 16 are needed
      routes: [{path: x}]        | routes (FILE), item 1: needs a path that begins with / and a list of channels
      api_keys: [{key: a, admin: perhaps}] | api_keys (FILE), item 1, admin: must be true or false
      api_keys: [{admin: true}]  | api_keys (FILE), item 1: needs a key
      routes: [{path: /a, channels: [b, null]}] | routes (FILE), item 1, channels, item 2: is empty; give it a value, or remove it
      routes: [{path: /a, channels: null}] | routes (FILE), item 1, channels: is empty
      routes: [{path: null, channels: [b]}] | routes (FILE), item 1, path: is empty
      routes: [null]             | routes (FILE), item 1: must be an object with path, channels
      routes: {path: /a}         | routes (FILE): must be a list
      'routes:^  -'              | routes (FILE), item 1: must be an object with path, channels
      api_keys: [null]           | api_keys (FILE), item 1: is empty
      api_keys: [{key: null}]    | api_keys (FILE), item 1, key: is empty
      api_keys: [{key: a, admin: null}]    | api_keys (FILE), item 1, admin: is empty
      api_keys: [{key: a, publish: [null]}]   | api_keys (FILE), item 1, publish, item 1: is empty
      proxies: [null]            | proxies (FILE), item 1: is empty
      proxies: [{control_uri: null}]       | proxies (FILE), item 1, control_uri: is empty
      proxies: [{control_url: x}]          | proxies (FILE), item 1: has the unknown key control_url; did you mean control_uri?
      cors: {allow_origins: [null]}        | cors.allow_origins (FILE), item 1: is empty
      cors: [a]                  | cors must be an object with allow_origins, allow_credentials, allow_headers
      log: debug                 | log must be an object with format, level, access
      trusted_proxies: [10.0.0.1, 1.10] | trusted_proxies (FILE), item 2: "1.1" must be a text, and YAML takes it for a number: write it in quotes
      trusted_proxies: 1e3            | trusted_proxies (FILE): "1000.0" must be a text, and YAML takes it for a number: write it in quotes
      trusted_proxies: [true]         | trusted_proxies (FILE), item 1: "true" must be a text, and YAML takes it for true or false
      trusted_proxies: [[a]]          | trusted_proxies (FILE), item 1: must be a text
      trusted_proxies: [{a: b}]       | trusted_proxies (FILE), item 1: must be a text
      trusted_proxies: [10.0.0.1, proxy.local] | trusted_proxies (FILE), item 2: "proxy.local" must be an address in numbers, such as 10.0.0.7
      trusted_proxies: [999.0.0.1]    | trusted_proxies (FILE), item 1: "999.0.0.1" must be an address in numbers, such as 10.0.0.7
      trusted_proxies: ["1:2"]        | trusted_proxies (FILE), item 1: "1:2" must be an address in numbers, such as 10.0.0.7
      api_keys: [12345678901234567890]     | api_keys (FILE), item 1: must be a text, and YAML takes it for a number
      proxies: [{control_uri: 5}]          | proxies (FILE), item 1, control_uri: must be a text
      secret: 12345678901234567890         | secret (FILE): must be a text, and YAML takes it for a number
      table_prefix: 1.10         | table_prefix (FILE): "1.1" must be a text
      host: {a: b}               | host (FILE): must be a text
      host: localhost:80         | host (FILE): "localhost:80" must be a name or an address alone
      host: http://localhost     | host (FILE): "http://localhost" must be a name or an address alone
      public_url: localhost      | public_url (FILE): "localhost" must be an address with http:// or https://
      grip_url: 127.0.0.1:5561   | grip_url (FILE): GRIP_URL must begin with http:// or https://
      grip_url: localhost:5561   | must begin with http:// or https://
      proxies: [127.0.0.1:5561]  | proxies (FILE), item 1: GRIP_URL must begin with http:// or https://
      api_keys: ["'a-key-of-sixteen-or-more'"] | api_keys (FILE), item 1: is in quotation marks
      host: [a]                  | host (FILE): must be a text
      'a: 1: 2'                  | is not a YAML object of keys and values
      '- a'                      | is not a YAML object of keys and values
      """)
  void a_mistake_is_reported_with_key_place_and_rule(String content, String message)
      throws IOException {
    String all = content + (content.startsWith("public_url") ? "^grip_url: http://h" : "");
    Path file = file(all.replace("^", "\n"));

    assertThatThrownBy(() -> SettingsReader.read(Sources.read(file, Map.of(), Map.of())))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message.replace("FILE", file.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GRIPSTREAM_SECRET", "GRIPSTREAM_API_KEYS", "GRIP_URL", "PORT", "GRIP_VERIFY_KEY"})
  void quotes_that_docker_leaves_around_a_value_are_refused(String name) {
    for (String quoted : List.of("\"hidden-and-long-enough\"", "'hidden-and-long-enough'")) {
      assertThatThrownBy(() -> read(Map.of(name, quoted)))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("(environment variable " + name + "): ")
          .hasMessageContaining("is in quotation marks, which would be a part of it: remove"
              + " them (docker's --env-file keeps them, a shell does not)");
    }
  }

  @Test
  void a_key_with_nothing_behind_it_is_not_set() throws IOException {
    Path file = file("port:\nhost: null\ncors:\nroutes:\napi_keys:\nlog: {level: null}\n");

    assertThat(SettingsReader.read(Sources.read(file, Map.of(), Map.of())))
        .isEqualTo(read(Map.of()));
  }

  @ParameterizedTest
  @CsvSource({"[::1], ::1", "::, ::", "fe80::1%eth0, fe80::1%eth0", "a_b-c.example, a_b-c.example"})
  void a_host_is_a_name_or_an_address(String given, String host) {
    assertThat(read(Map.of("GRIPSTREAM_HOST", given)).http().host()).isEqualTo(host);
  }

  @Test
  void a_duplicate_key_is_refused() throws IOException {
    Path file = file("port: 1\nport: 2\n");

    assertThatThrownBy(() -> Sources.read(file, Map.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("has a key twice");
  }

  @Test
  void a_file_that_was_asked_for_must_exist() {
    assertThatThrownBy(() -> Sources.read(directory.resolve("none.yaml"), Map.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("it does not exist");
  }

  @Test
  void an_unknown_variable_of_gripstream_is_refused() {
    assertThatThrownBy(() -> read(Map.of("GRIPSTREAM_API_KEY", "x")))
        .hasMessage(
            "unknown environment variable GRIPSTREAM_API_KEY; did you mean GRIPSTREAM_API_KEYS?");
  }

  @Test
  void a_refused_secret_is_not_repeated() {
    assertThatThrownBy(() -> read(Map.of("GRIP_URL", "ftp://host?key=hidden")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("grip_url (environment variable GRIP_URL): ")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void proxies_are_given_in_one_place() throws IOException {
    Path file = file("proxies: [http://127.0.0.1:5561]\n");

    assertThatThrownBy(() -> SettingsReader.read(
            Sources.read(file, Map.of("GRIP_URL", "http://127.0.0.1:5571"), Map.of())))
        .hasMessageContaining("cannot be set together with grip_url");
  }

  @Test
  void the_report_shows_origins_and_masks_secrets() {
    Sources sources = Sources.read(
        null,
        Map.of(
            "PORT", "81",
            "DATABASE_URL", "jdbc:postgresql://db/events?user=u&password=hidden",
            "GRIPSTREAM_API_KEYS", "hidden-and-longer"),
        Map.of());

    assertThat(ConfigReport.effective(sources))
        .contains(
            "port: 81  # environment variable PORT",
            "host: 127.0.0.1  # default",
            "database_url: jdbc:postgresql://db/events?user=u&password=***  # environment variable DATABASE_URL",
            "api_keys: ***  # environment variable GRIPSTREAM_API_KEYS")
        .noneMatch(line -> line.contains("hidden"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://u:hidden@db/events",
        "jdbc:postgresql://u:hid@hidden@db/events",
        "jdbc:postgresql://u:hid/hidden@db/events",
        "jdbc:postgresql://db/events?user=u&password=hid@hidden",
        "jdbc:postgresql://db/events?user=u&sslpassword=hidden&ssl=true"
      })
  void a_password_is_masked_anywhere_in_a_url(String url) {
    Sources sources = Sources.read(null, Map.of("DATABASE_URL", url), Map.of());

    assertThat(ConfigReport.effective(sources))
        .anyMatch(
            line -> line.startsWith("database_url: jdbc:postgresql://") && line.contains("db"))
        .noneMatch(line -> line.contains("hidden"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://proxy:5561?iss=me&key=hidden",
        "http://proxy:5561?verify-key-previous=hidden&verify-key=hidden",
        "http://proxy:5561?k%65y=hidden",
        "http://proxy:5561?api-token=hidden&hidden",
        "http://proxy:5561?iss=me&key=-----BEGIN PRIVATE KEY----- hidden -----END PRIVATE KEY-----",
        "http://u:hidden@proxy:5561 http://u:hid@hidden@proxy:5571?iss=me&key=hid hidden",
        "http://u:hid?hidden@proxy:5561"
      })
  void each_key_is_masked_in_a_grip_url(String url) {
    Sources sources = Sources.read(null, Map.of("GRIP_URL", url), Map.of());

    assertThat(ConfigReport.effective(sources))
        .anyMatch(line -> line.startsWith("grip_url: http://") && line.contains("proxy:5561"))
        .noneMatch(line -> line.contains("hidden"));
  }

  @Test
  void harmless_parts_of_a_url_are_shown() {
    Sources sources = Sources.read(
        null,
        Map.of(
            "GRIP_URL", "http://proxy:5561/a?iss=me&key=hidden&verify-iss=you http://other:5561",
            "DATABASE_URL", "rediss://u:hidden@db:1/2?durability=relaxed&sentinel_password=hidden"),
        Map.of());

    assertThat(ConfigReport.effective(sources))
        .contains(
            "grip_url: http://proxy:5561/a?iss=me&key=***&verify-iss=you http://other:5561"
                + "  # environment variable GRIP_URL",
            "database_url: rediss://***@db:1/2?durability=relaxed&sentinel_password=***"
                + "  # environment variable DATABASE_URL");
  }

  @Test
  void key_set_address_is_shown_without_a_token_in_it() {
    Sources sources = Sources.read(
        null,
        Map.of("GRIPSTREAM_TOKEN_JWKS_URL", "https://u:hidden@keys.example/set?token=hidden"),
        Map.of());

    assertThat(ConfigReport.effective(sources))
        .contains("token_jwks_url: https://***@keys.example/set?token=***"
            + "  # environment variable GRIPSTREAM_TOKEN_JWKS_URL");
  }

  @Test
  void public_address_with_a_password_is_refused_without_repeating_it() {
    for (String scheme : List.of("https", "ftp")) {
      assertThatThrownBy(() -> read(Map.of(
              "GRIP_URL",
              "http://127.0.0.1:5561",
              "GRIPSTREAM_PUBLIC_URL",
              scheme + "://u:hidden@h.example/")))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("\"" + scheme + "://***@h.example/\" must ")
          .hasMessageNotContaining("hidden");
    }
  }

  @Test
  void secret_in_the_place_of_a_name_is_not_repeated() {
    for (String name : List.of("GRIPSTREAM_API_KEYS", "GRIPSTREAM_PROXIES")) {
      assertThatThrownBy(() -> read(Map.of(name, "[{hidden-and-long-enough}]")))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("item 1: has an unknown key; known are ")
          .hasMessageNotContaining("hidden");
    }
  }

  @Test
  void rules_of_channels_set_some_values_and_leave_the_others_open() {
    Settings settings = read(Map.of(
        "GRIPSTREAM_CHANNEL_RULES",
        "[{channels: [price-*, weather], history_size: 1, rewind: 1},"
            + " {channels: audit-*, history_ttl: 7d, reliable: true, anonymous: false}]"));

    assertThat(settings.channelRules())
        .containsExactly(
            new Settings.ChannelRule(
                List.of("price-*", "weather"),
                Optional.empty(),
                OptionalInt.of(1),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(1)),
            new Settings.ChannelRule(
                List.of("audit-*"),
                Optional.of(Duration.ofDays(7)),
                OptionalInt.empty(),
                Optional.of(true),
                Optional.of(false),
                OptionalInt.empty()));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          {channels: a, history_size: 0}  | item 1, history_size: "0" must be a whole number from 1 to 2147483647
          {channels: a, history_ttl: 10ms} | item 1, history_ttl: "10ms" must be at least 1000ms
          {channels: a, rewind: -1}       | item 1, rewind: "-1" must be a whole number from 0 to 1000
          {channels: a, rewind: 1001}     | item 1, rewind: "1001" must be a whole number from 0 to 1000
          {channels: a, reliable: 1}      | item 1, reliable: "1" must be true or false
          {channels: []}                  | item 1: needs channels, such as channels: [news, room-*]
          {chanels: a}                    | item 1: has the unknown key chanels; did you mean channels?
          """)
  void rule_that_makes_no_sense_is_refused_with_its_place(String rule, String message) {
    assertThatThrownBy(() -> read(Map.of("GRIPSTREAM_CHANNEL_RULES", "[" + rule + "]")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("channel_rules (environment variable GRIPSTREAM_CHANNEL_RULES), " + message);
  }

  @Test
  void an_object_fits_into_a_variable_too() {
    Settings settings = read(Map.of(
        "GRIPSTREAM_ROUTES",
            "[{path: '/objects/{id}/events', channels: ['object-{id}'], rewind: 3}]",
        "GRIPSTREAM_API_KEYS", "[{key: 0a1b2c3d4e5f60718293, publish: [news]}]",
        "GRIPSTREAM_CORS_ALLOW_HEADERS", "a b,c"));

    assertThat(settings.streams().routes())
        .containsExactly(
            new Settings.Route("/objects/{id}/events", List.of("object-{id}"), OptionalInt.of(3)));
    assertThat(settings.auth().apiKeys())
        .extracting(Settings.ApiKey::publish)
        .containsExactly(List.of("news"));
    assertThat(settings.streams().corsAllowHeaders()).containsExactly("a", "b", "c");
    assertThatThrownBy(() -> read(Map.of("GRIPSTREAM_API_KEYS", "[{hidden")))
        .hasMessage(
            "api_keys (environment variable GRIPSTREAM_API_KEYS): begins with [ and is not a YAML"
                + " list, such as [a, b]");
  }

  private static Settings read(Map<String, String> environment) {
    return SettingsReader.read(Sources.read(null, environment, Map.of()));
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("gripstream.yaml"), content);
  }
}
