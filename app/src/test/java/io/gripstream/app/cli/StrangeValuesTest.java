package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.config.Setting;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each key with values of its kind at and beyond a bound. {@code checkconfig} makes every part of a
 * server. It either refuses a value in a line with key, value and rule, or can use it.
 */
class StrangeValuesTest {
  /** Too long to be repeated. */
  private static final Set<Setting> KEYS =
      Set.of(Setting.TOKEN_PUBLIC_KEY, Setting.TOKEN_PUBLIC_KEY_PREVIOUS);

  private static final String LONG = "a".repeat(300);

  static Stream<Arguments> values() {
    return Arrays.stream(Setting.values())
        .flatMap(setting -> strange(setting).stream().map(value -> Arguments.of(setting, value)));
  }

  private static List<String> strange(Setting setting) {
    return switch (setting) {
      case PORT -> List.of("-1", "65536", "0_0", "+0", "٣");
      case HISTORY_SIZE, MAX_STREAMS, MAX_STREAMS_PER_USER, MAX_STREAMS_PER_ADDRESS ->
        List.of("0", "1", "2147483647", "2147483648");
      case MAX_CHANNELS -> List.of("0", "19", "20");
      case MAX_EVENT_BYTES -> List.of("0", "1", "450000", "450001");
      case MAX_BODY_BYTES -> List.of("0", "1", "1073741824", "1073741825");
      case MAX_BATCH_ITEMS, NEW_CHANNEL_LIMIT -> List.of("-1", "0", "1000000", "1000001");
      case HISTORY_TTL ->
        List.of("0s", "1ms", "1s", "1001ms", "36500d", "36501d", "106752d", "999999999d");
      case KEEP_ALIVE ->
        List.of(
            "0s",
            "999ms",
            "1s",
            "1500ms",
            "1d",
            "86401s",
            "24855d",
            "24856d",
            "999999999d",
            "2000ms");
      case SHUTDOWN_TIMEOUT -> List.of("0ms", "1ms", "1500ms", "24856d", "999999999d");
      case DEMOS, ANONYMOUS_EXISTING_ONLY, CORS_ALLOW_CREDENTIALS, LOG_ACCESS ->
        List.of("TRUE", "yes", "null", "~");
      case LOG_FORMAT, LOG_LEVEL -> List.of("INFO", "info,debug", "null");
      case HOST ->
        List.of(
            "a..b",
            "-",
            "...",
            "256.256.256.256",
            "1.2.3",
            "::::",
            "1:2:3",
            "fe80::1%none0",
            "name.invalid",
            LONG,
            "[::1",
            "ümlaut");
      case DATABASE_URL ->
        List.of(
            "jdbc:sqlite:",
            "jdbc:sqlite::memory:",
            "jdbc:sqlite:?a=b",
            "jdbc:sqlite:file:x?mode=memory",
            "postgres://",
            "postgres://u:%zz@h/d",
            "postgres://%2Ftmp/d",
            "jdbc:postgresql:",
            "redis://",
            "redis://h:99999",
            "redis://h/x",
            "redis://h,i/1",
            "redis://h?wait_replicas=101",
            "redis-sentinel://h:0",
            "NONE");
      case TABLE_PREFIX -> List.of("A", "1", "a-b", "a'b", "ä", LONG, "a".repeat(30));
      case GRIP_URL ->
        List.of(
            "http://h:99999",
            "http://h:0",
            "http://h:",
            "http://h:-1",
            "http://h_h:5561",
            "http://[::1",
            "http://[::1]:5561",
            "http://h/a b",
            "http://h/%zz",
            "http://h/?iss=a",
            "http://h/?key=",
            "http://h/?iss=a&key=base64:%",
            "http://u@h",
            "http://ä.example",
            "http://" + LONG,
            "http://256.256.256.256:5561",
            "http://h..h");
      case GRIP_VERIFY_KEY, GRIP_VERIFY_KEY_PREVIOUS ->
        List.of("base64:", "{}", "{\"kty\":\"RSA\"}", "-----BEGIN CERTIFICATE-----");
      case GRIP_PREFIX -> List.of("a b", "ä", "a,b", "a;b", "\"", LONG, "a".repeat(2_000));
      case PROXIES ->
        List.of(
            "[{control_uri: 'http://h:99999'}]",
            "[{control_uri: 'http://h', public_url: 'http://p/a b'}]",
            "[{control_uri: 'http://h', public_url: 'http://p/a;b'}]",
            "[{control_uri: 'http://h', public_url: 'http://p:99999'}]",
            "[{control_uri: 'http://h', public_url: 'http://p/a'},"
                + " {control_uri: 'http://i', public_url: 'http://p/b'}]",
            "[{control_uri: 'http://h', verify_iss: ''}]",
            "[http://h, http://h]");
      case PUBLIC_URL ->
        List.of(
            "http://p/a;b",
            "http://p/a,b",
            "http://p//a",
            "http://p/%7E",
            "http://p:99999",
            "http://p:0",
            "http://[::1",
            "http://p_p",
            "http://256.256.256.256",
            "http://p?a=b",
            "http://p#a",
            "http://p/ä",
            "http://" + LONG);
      case TRUSTED_PROXIES ->
        List.of("1.2.3.999", "999.999.999.999", "1.2.3", "::1%lo", "1:2", ":", "::ffff:1.2.3.4");
      case SECRET, API_KEYS, TOKEN_SECRET, TOKEN_SECRET_PREVIOUS ->
        List.of("base64:%", "base64:", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ä");
      case TOKEN_PUBLIC_KEY, TOKEN_PUBLIC_KEY_PREVIOUS ->
        List.of(
            "{}",
            "{\"kty\":\"oct\"}",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----");
      case TOKEN_JWKS_URL ->
        List.of(
            "https://", "https://h:99999", "http://h", "https://[::1", "ftp://h", "https://ä b");
      case TOKEN_ISSUER, TOKEN_AUDIENCE -> List.of("ä", LONG, "a b");
      case ROUTES ->
        List.of(
            "[{path: /events, channels: [a]}]",
            "[{path: /events/, channels: [a]}]",
            "[{path: '/events/{other}', channels: [a]}]",
            "[{path: /, channels: [a]}]",
            "[{path: //, channels: [a]}]",
            "[{path: /api/publish, channels: [a]}]",
            "[{path: /api/history, channels: [a]}]",
            "[{path: /health/live, channels: [a]}]",
            "[{path: /eventstream/client.js, channels: [a]}]",
            "[{path: '/a/{x', channels: [a]}]",
            "[{path: '/a/x}', channels: [a]}]",
            "[{path: '/a/{}', channels: [a]}]",
            "[{path: '/a/{x}{y}', channels: [a]}]",
            "[{path: '/a/{x}/{x}', channels: ['c-{x}']}]",
            "[{path: '/a/{x y}', channels: ['c-{x y}']}]",
            "[{path: '/a b', channels: [a]}]",
            "[{path: '/ä', channels: [a]}]",
            "[{path: '/a?b', channels: [a]}]",
            "[{path: '/a#b', channels: [a]}]",
            "[{path: '/a//b', channels: [a]}]",
            "[{path: '/%zz', channels: [a]}]",
            "[{path: /a, channels: [a]}, {path: /a, channels: [b]}]",
            "[{path: /a, channels: [a]}, {path: /a/, channels: [b]}]",
            "[{path: /a, channels: ['{x}']}]",
            "[{path: /a, channels: ['a*']}]",
            "[{path: /a, channels: ['']}]",
            "[{path: /a, channels: [a, a]}]",
            "[{path: /a, channels: [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t]}]",
            "[{path: /a, channels: [" + LONG + "]}]",
            "[{path: /a, channels: [a], rewind: 1001}]",
            "[{path: /" + LONG + ", channels: [a]}]");
      case CHANNEL_RULES ->
        List.of(
            "[{channels: a*b}]",
            "[{channels: '**'}]",
            "[{channels: ['']}]",
            "[{channels: " + LONG + "}]",
            "[{channels: a, history_ttl: 999999999d}]",
            "[{channels: a, history_ttl: 36500d}]",
            "[{channels: a, rewind: 1, reliable: false}]",
            "[{channels: a, history_size: 2147483647}]");
      case CORS_ALLOW_ORIGINS ->
        List.of(
            "null", "https://", "https://*", "https://*.com", "https://a/", "https://u:p@a", "*");
      case CORS_ALLOW_HEADERS -> List.of("a:b", "*", "ä", LONG);
    };
  }

  @ParameterizedTest
  @MethodSource("values")
  void strange_value_is_refused_with_key_value_and_rule_or_can_be_used(
      Setting setting, String value) {
    Map<String, String> environment = new HashMap<>(Map.of(
        "DATABASE_URL", "none",
        "PORT", "0"));
    if (setting == Setting.PUBLIC_URL) {
      environment.put("GRIP_URL", "http://127.0.0.1:1");
    }
    if (setting == Setting.TOKEN_JWKS_URL) {
      environment.put("GRIPSTREAM_TOKEN_ISSUER", "us");
    }
    environment.keySet().removeAll(setting.environment());
    environment.put(setting.environment().get(0), value);

    CommandLineRun run = CommandLineRun.of(environment, "checkconfig");

    if (run.code() == 0) {
      assertThat(run.err()).isEmpty();
      return;
    }
    assertThat(run.err())
        .hasLineCount(1)
        .containsAnyOf(setting.key(), setting == Setting.PROXIES ? "public_url" : setting.key())
        .doesNotContain("unexpected error", "Exception");
    assertThat(run.code()).isEqualTo(2);
    if (!setting.isSecret() && !value.startsWith("[") && !KEYS.contains(setting)) {
      assertThat(run.err()).contains(value.substring(0, Math.min(100, value.length())));
    }
  }
}
