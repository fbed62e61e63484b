package io.gripstream.app.config;

import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.internal.store.Backends;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.grip.GripKey;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.internal.Addresses;
import io.gripstream.grip.internal.Secrets;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** Turns values into {@link Settings}, with every check that needs no key or network. */
public final class SettingsReader {
  private static final List<String> ALL = List.of("*");
  private static final List<String> PROXY = List.of(
      "control_uri",
      "control_iss",
      "key",
      "verify_iss",
      "verify_key",
      "verify_key_previous",
      "public_url");

  /** A token of RFC 9110, 5.6.2. */
  private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final List<String> CHANNEL_RULE =
      List.of("channels", "history_ttl", "history_size", "reliable", "anonymous", "rewind");
  private static final Duration SHORTEST_TTL = Duration.ofSeconds(1);

  private final Sources sources;

  private SettingsReader(Sources sources) {
    this.sources = sources;
  }

  /** @throws ConfigException if a value is not allowed */
  public static Settings read(Sources sources) {
    return new SettingsReader(sources).settings();
  }

  private Settings settings() {
    return new Settings(
        new Settings.Http(
            host(),
            value(Setting.PORT).number(0, 65_535),
            value(Setting.MAX_BODY_BYTES).number(1, 1 << 30),
            value(Setting.MAX_BATCH_ITEMS).number(1, 1_000_000)),
        storage(),
        grip(),
        auth(),
        channelRules(),
        streams(),
        new Settings.Log(
            value(Setting.LOG_FORMAT).oneOf(List.of("text", "json")).equals("json"),
            value(Setting.LOG_LEVEL).oneOf(List.of("error", "warn", "info", "debug")),
            value(Setting.LOG_ACCESS).flag()),
        sources.isSet(Setting.DEMOS) ? value(Setting.DEMOS).flag() : null,
        value(Setting.SHUTDOWN_TIMEOUT).duration(Duration.ZERO));
  }

  /** A name or an address; IPv6 with or without brackets. */
  private String host() {
    String given = text(Setting.HOST);
    String host = given.startsWith("[") && given.endsWith("]")
        ? given.substring(1, given.length() - 1)
        : given;
    boolean isIpv6 = host.chars().filter(c -> c == ':').count() > 1;
    if (!host.matches(isIpv6 ? "[0-9A-Fa-f:.]+(%\\w+)?" : "[\\w.-]+")) {
      throw value(Setting.HOST)
          .refuse(
              "must be a name or an address alone, such as 127.0.0.1, 0.0.0.0 or ::1; the port is"
                  + " another key");
    }
    return host;
  }

  private Settings.Storage storage() {
    String url = text(Setting.DATABASE_URL);
    if (!url.equals("none") && !Backends.accept(url)) {
      throw value(Setting.DATABASE_URL)
          .refuse("must be " + String.join(", ", Backends.forms()) + " or none");
    }
    String prefix = text(Setting.TABLE_PREFIX);
    checked(value(Setting.TABLE_PREFIX), () -> StoreOptions.DEFAULT.withTablePrefix(prefix));
    return new Settings.Storage(
        url.equals("none") ? null : new Secret(url),
        !sources.isSet(Setting.DATABASE_URL),
        prefix,
        value(Setting.HISTORY_TTL).duration(SHORTEST_TTL),
        sources.isSet(Setting.HISTORY_SIZE)
            ? OptionalInt.of(value(Setting.HISTORY_SIZE).number(1, Integer.MAX_VALUE))
            : OptionalInt.empty());
  }

  private Settings.Grip grip() {
    if (sources.isSet(Setting.GRIP_URL) && sources.isSet(Setting.PROXIES)) {
      throw value(Setting.PROXIES)
          .refuse("cannot be set together with grip_url; list all proxies here");
    }
    List<Settings.Proxy> proxies = new ArrayList<>();
    checked(
        value(Setting.GRIP_URL),
        () -> GripProxy.parseAll(text(Setting.GRIP_URL))
            .forEach(proxy -> proxies.add(new Settings.Proxy(proxy, null))));
    for (Value item : value(Setting.PROXIES).items()) {
      checked(item, () -> proxies.add(proxy(item)));
    }
    if (sources.isSet(Setting.PUBLIC_URL)) {
      URI publicUrl = address(value(Setting.PUBLIC_URL));
      if (proxies.size() == 1 && proxies.get(0).publicUrl() == null) {
        proxies.set(0, new Settings.Proxy(proxies.get(0).grip(), publicUrl));
      }
    }
    if (sources.isSet(Setting.GRIP_VERIFY_KEY)) {
      checked(value(Setting.GRIP_VERIFY_KEY), () -> {
        GripKey key = GripKey.parse(text(Setting.GRIP_VERIFY_KEY));
        proxies.replaceAll(proxy -> proxy.grip().verifyKey() != null
            ? proxy
            : new Settings.Proxy(proxy.grip().withVerifyKey(key), proxy.publicUrl()));
      });
    }
    if (sources.isSet(Setting.GRIP_VERIFY_KEY_PREVIOUS)) {
      checked(value(Setting.GRIP_VERIFY_KEY_PREVIOUS), () -> {
        GripKey key = GripKey.parse(text(Setting.GRIP_VERIFY_KEY_PREVIOUS));
        proxies.replaceAll(proxy -> proxy.grip().previousVerifyKey() != null
            ? proxy
            : new Settings.Proxy(proxy.grip().withPreviousVerifyKey(key), proxy.publicUrl()));
      });
    }
    String secret = text(Setting.SECRET);
    if (!secret.isEmpty()) {
      checked(value(Setting.SECRET), () -> Secrets.bytes(secret));
    }
    String prefix = text(Setting.GRIP_PREFIX);
    checked(value(Setting.GRIP_PREFIX), () -> new GripPrefix(prefix));
    return new Settings.Grip(
        List.copyOf(proxies),
        prefix,
        value(Setting.TRUSTED_PROXIES).items().stream()
            .map(SettingsReader::numericAddress)
            .toList(),
        secret.isEmpty() ? null : new Secret(secret));
  }

  private static Settings.Proxy proxy(Value item) {
    if (!item.isObject()) {
      return new Settings.Proxy(GripProxy.parse(item.name()), null);
    }
    Map<String, String> texts = new LinkedHashMap<>();
    Map<String, Value> fields = item.object(PROXY);
    fields.forEach((name, text) -> texts.put(name, text.name()));
    Value publicUrl = fields.get(Setting.PUBLIC_URL.key());
    texts.remove(Setting.PUBLIC_URL.key());
    return new Settings.Proxy(
        GripProxy.fromConfig(texts), publicUrl == null ? null : address(publicUrl));
  }

  private static URI address(Value given) {
    try {
      URI address = new URI(given.name());
      // The client library reads it too, and is stricter with hosts and ports.
      if (address.getHost() != null
          && List.of("http", "https").contains(address.getScheme())
          && HttpUrl.parse(given.name()) != null) {
        if (address.getRawUserInfo() != null) {
          throw given.refuse("must be without user and password: they are not sent");
        }
        return address;
      }
    } catch (URISyntaxException notOne) {
      // Refused below.
    }
    throw given.refuse("must be an address with http:// or https://");
  }

  /** A name would need a lookup for each request. */
  private static String numericAddress(Value given) {
    String address = given.name();
    if (!Addresses.isLiteral(address)) {
      throw given.refuse("must be an address in numbers, such as 10.0.0.7");
    }
    return address;
  }

  private static String header(Value given) {
    String header = given.name();
    if (!HEADER.matcher(header).matches()) {
      throw given.refuse("must be the name of a header, such as X-Token");
    }
    return header;
  }

  private Settings.Auth auth() {
    List<Settings.ApiKey> keys = new ArrayList<>();
    Value given = value(Setting.API_KEYS);
    for (Value item : given.items()) {
      if (item.isObject()) {
        Map<String, Value> object = item.object(List.of("key", "publish", "subscribe", "admin"));
        Value key = object.get("key");
        Value admin = object.get("admin");
        if (key == null) {
          throw item.refuse("needs a key");
        }
        keys.add(new Settings.ApiKey(
            new Secret(key.name()),
            patterns(object.get("publish")),
            patterns(object.get("subscribe")),
            admin != null && admin.flag()));
      } else {
        keys.add(new Settings.ApiKey(new Secret(item.name()), ALL, ALL, true));
      }
    }
    return new Settings.Auth(
        List.copyOf(keys),
        secret(Setting.TOKEN_SECRET),
        optional(Setting.TOKEN_PUBLIC_KEY),
        optional(Setting.TOKEN_JWKS_URL),
        optional(Setting.TOKEN_ISSUER),
        optional(Setting.TOKEN_AUDIENCE),
        value(Setting.ANONYMOUS_EXISTING_ONLY).flag(),
        secret(Setting.TOKEN_SECRET_PREVIOUS),
        optional(Setting.TOKEN_PUBLIC_KEY_PREVIOUS));
  }

  private List<Settings.ChannelRule> channelRules() {
    List<Settings.ChannelRule> rules = new ArrayList<>();
    for (Value item : value(Setting.CHANNEL_RULES).items()) {
      Map<String, Value> object = item.object(CHANNEL_RULE);
      List<String> channels = patterns(object.get("channels"));
      if (channels.isEmpty()) {
        throw item.refuse("needs channels, such as channels: [news, room-*]");
      }
      rules.add(new Settings.ChannelRule(
          channels,
          of(object, "history_ttl").map(ttl -> ttl.duration(SHORTEST_TTL)),
          number(object, "history_size", 1, Integer.MAX_VALUE),
          of(object, "reliable").map(Value::flag),
          of(object, "anonymous").map(Value::flag),
          number(object, "rewind", 0, ChannelRules.MAX_REWIND)));
    }
    return List.copyOf(rules);
  }

  private static Optional<Value> of(Map<String, Value> object, String key) {
    return Optional.ofNullable(object.get(key));
  }

  private static OptionalInt number(Map<String, Value> object, String key, int min, int max) {
    Value value = object.get(key);
    return value == null ? OptionalInt.empty() : OptionalInt.of(value.number(min, max));
  }

  private static List<String> patterns(@Nullable Value list) {
    return list == null ? List.of() : list.texts();
  }

  private Settings.Streams streams() {
    List<Settings.Route> routes = new ArrayList<>();
    Value given = value(Setting.ROUTES);
    for (Value item : given.items()) {
      Map<String, Value> object = item.object(List.of("path", "channels", "rewind"));
      String path = object.containsKey("path") ? object.get("path").name() : "";
      List<String> channels = patterns(object.get("channels"));
      if (!path.startsWith("/") || channels.isEmpty()) {
        throw item.refuse("needs a path that begins with / and a list of channels");
      }
      routes.add(
          new Settings.Route(path, channels, number(object, "rewind", 0, ChannelRules.MAX_REWIND)));
    }
    return new Settings.Streams(
        List.copyOf(routes),
        value(Setting.CORS_ALLOW_ORIGINS).texts(),
        value(Setting.CORS_ALLOW_CREDENTIALS).flag(),
        value(Setting.CORS_ALLOW_HEADERS).items().stream()
            .map(SettingsReader::header)
            .toList(),
        value(Setting.MAX_CHANNELS).number(1, EventStreamConfig.MOST_CHANNELS),
        value(Setting.MAX_EVENT_BYTES).number(1, EventStreamConfig.MOST_EVENT_BYTES),
        value(Setting.KEEP_ALIVE).seconds(),
        value(Setting.MAX_STREAMS).number(1, Integer.MAX_VALUE),
        limit(Setting.MAX_STREAMS_PER_USER),
        limit(Setting.MAX_STREAMS_PER_ADDRESS),
        value(Setting.NEW_CHANNEL_LIMIT).number(0, 1_000_000));
  }

  /**
   * Adds the key to the message of a library that refuses its value; these messages contain no
   * secrets.
   */
  private static void checked(Value given, Runnable reading) {
    try {
      reading.run();
    } catch (IllegalArgumentException e) {
      throw given.refuse(String.valueOf(e.getMessage()));
    }
  }

  /** Empty: no limit. */
  private int limit(Setting setting) {
    return sources.isSet(setting) ? value(setting).number(1, Integer.MAX_VALUE) : Integer.MAX_VALUE;
  }

  private Value value(Setting setting) {
    return sources.value(setting);
  }

  private String text(Setting setting) {
    return value(setting).name();
  }

  private @Nullable Secret secret(Setting setting) {
    String text = optional(setting);
    return text == null ? null : new Secret(text);
  }

  private @Nullable String optional(Setting setting) {
    String text = text(setting);
    return text.isEmpty() ? null : text;
  }
}
