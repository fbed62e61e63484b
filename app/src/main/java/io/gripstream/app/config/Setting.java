package io.gripstream.app.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Every key of the configuration: what it is called, what it means, and what it is when nobody sets
 * it.
 */
public enum Setting {
  HOST(
      "host",
      "127.0.0.1",
      "Address to listen on. Without a key configured, only loopback is allowed."),
  PORT("port", "8080", "Port to listen on; 0 takes a free one.", "PORT"),

  DATABASE_URL(
      "database_url",
      "jdbc:sqlite:gripstream.db",
      "Where events are kept: `jdbc:sqlite:PATH`, `postgres://USER:PASSWORD@HOST/DATABASE` or the same as `jdbc:postgresql://…`, or `none`: nothing is stored, and who is"
          + " not connected misses events.",
      true,
      "DATABASE_URL"),
  TABLE_PREFIX("table_prefix", "gripstream_", "What the names of all tables begin with."),
  HISTORY_TTL("history_ttl", "24h", "How long events are kept."),
  HISTORY_SIZE("history_size", "", "At most so many events per channel; empty: no limit."),

  GRIP_URL(
      "grip_url",
      "",
      "GRIP proxies to publish to, as URLs with `iss`, `key`, `verify-iss`, `verify-key` in the query; several"
          + " separated by blanks.",
      true,
      "GRIP_URL"),
  GRIP_VERIFY_KEY(
      "grip_verify_key",
      "",
      "Verifies `Grip-Sig` for every proxy without a key of its own: a secret, `base64:…`, PEM or JWK.",
      true,
      "GRIP_VERIFY_KEY"),
  GRIP_PREFIX(
      "grip_prefix", "", "Put before the name of every channel at the proxies.", "GRIP_PREFIX"),
  PROXIES(
      "proxies",
      "",
      "A list of GRIP proxies instead of `grip_url`: URLs, or objects with `control_uri`, `control_iss`,"
          + " `key`, `verify_iss`, `verify_key`, `public_url`.",
      true),
  PUBLIC_URL(
      "public_url",
      "",
      "Where clients reach the one proxy. Known, the server holds the control channels through it, which"
          + " spares the proxy questions when there are many identified users. `serve --public-url` sets it too."
          + " A path in it is what the proxy's route takes away (`path_rem`)."),
  TRUSTED_PROXIES(
      "trusted_proxies",
      "",
      "Addresses, besides loopback, whose `Grip-Sig` is believed while no proxy has a verify key."),
  SECRET(
      "secret",
      "",
      "Signs what proxies and clients bring back; at least 16 characters. Empty: a random one, kept in the"
          + " storage.",
      true),

  API_KEYS(
      "api_keys",
      "",
      "Keys for servers that publish and administer. A list of texts (all rights), or of objects with `key`,"
          + " `publish`, `subscribe` (channel patterns) and `admin`. Two may be valid at once, so that one can"
          + " be replaced. At least 16 characters each.",
      true),
  TOKEN_SECRET(
      "token_secret",
      "",
      "Verifies tokens (JWT, HS256): a secret of at least 32 bytes, or `base64:…`.",
      true),
  TOKEN_PUBLIC_KEY(
      "token_public_key",
      "",
      "Verifies tokens with a public key instead: PEM or JWK, RSA (RS256) or P-256 (ES256)."),
  TOKEN_JWKS_URL(
      "token_jwks_url",
      "",
      "Verifies tokens with the keys behind this URL instead (RS256, ES256, ES384, EdDSA); `https://`, or"
          + " `http://` to loopback."),
  TOKEN_ISSUER(
      "token_issuer", "", "The `iss` that tokens must have. Needed with `token_jwks_url`."),
  TOKEN_AUDIENCE("token_audience", "", "The `aud` that tokens must have."),
  ANONYMOUS_SUBSCRIBE(
      "anonymous_subscribe",
      "",
      "Channel patterns that everybody may read without a token. Empty: all (`*`) while no token key is"
          + " configured, else none. `none`: none in any case."),
  ANONYMOUS_EXISTING_ONLY(
      "anonymous_existing_only",
      "false",
      "Whether those without a token may read only channels that ever had a stored event, or that"
          + " `anonymous_subscribe` names in full."),

  ROUTES(
      "routes",
      "",
      "More streams, a list of objects with `path` and `channels`: fixed names, or formats such as"
          + " `object-{id}` filled from the path `/objects/{id}/events`."),
  UNRELIABLE(
      "unreliable",
      "",
      "Patterns of channels without ids and history. Must be the same in every process."),
  CORS_ALLOW_ORIGINS(
      "cors.allow_origins",
      "",
      "Other origins whose pages may read streams: `https://app.example`, or `*`."),
  CORS_ALLOW_CREDENTIALS(
      "cors.allow_credentials", "false", "Whether those pages may send cookies along."),
  CORS_ALLOW_HEADERS(
      "cors.allow_headers", "", "Request headers those pages may set, besides `Last-Event-ID`."),

  MAX_CHANNELS("max_channels", "10", "Channels per stream, at most 19."),
  MAX_EVENT_BYTES(
      "max_event_bytes",
      "262144",
      "The longest event, in bytes on the wire, with the users that it skips; at most 450,000."),
  MAX_BODY_BYTES("max_body_bytes", "8388608", "The longest body of a request to the API."),
  MAX_BATCH_ITEMS("max_batch_items", "10000", "Events in one batch."),
  KEEP_ALIVE("keep_alive", "20s", "After how long without a byte a stream gets a keep-alive."),

  CONNECTION_LIMIT(
      "connection_limit",
      "100000",
      "Streams that an instance holds itself; more are answered 503."),
  USER_CONNECTION_LIMIT(
      "user_connection_limit",
      "",
      "Streams of one user that an instance holds itself; more are answered 429. Empty: no limit."),
  ADDRESS_CONNECTION_LIMIT(
      "address_connection_limit",
      "",
      "Streams of one client address that an instance holds itself; more are answered 429. Empty: no limit,"
          + " as behind a reverse proxy all have the same."),
  NEW_CHANNEL_LIMIT(
      "new_channel_limit",
      "10",
      "Streams on channels that nobody read lately that one user, or one anonymous client address, may open at"
          + " once through a proxy, and again each 5 s; beyond, they are told `busy` and come again. `0`: no"
          + " limit."),

  LOG_FORMAT("log.format", "text", "`text`, or `json`: one object per line."),
  LOG_LEVEL("log.level", "info", "`error`, `warn`, `info` or `debug`."),
  LOG_ACCESS("log.access", "true", "Whether every request is logged."),
  SHUTDOWN_TIMEOUT(
      "shutdown_timeout",
      "10s",
      "How long requests under way may take at the end. Streams before that, and proxies that are to confirm"
          + " events after it, have up to 5 s each.");

  private static final String PREFIX = "GRIPSTREAM_";

  private final String key;
  private final String fallback;
  private final String description;
  private final boolean secret;
  private final Optional<String> fieldName;

  Setting(String key, String fallback, String description) {
    this(key, fallback, description, false, Optional.empty());
  }

  Setting(String key, String fallback, String description, String fieldName) {
    this(key, fallback, description, false, Optional.of(fieldName));
  }

  Setting(String key, String fallback, String description, boolean secret) {
    this(key, fallback, description, secret, Optional.empty());
  }

  Setting(String key, String fallback, String description, boolean secret, String fieldName) {
    this(key, fallback, description, secret, Optional.of(fieldName));
  }

  Setting(
      String key, String fallback, String description, boolean secret, Optional<String> fieldName) {
    this.key = key;
    this.fallback = fallback;
    this.description = description;
    this.secret = secret;
    this.fieldName = fieldName;
  }

  /** Its name in the file; a dot separates levels. */
  public String key() {
    return key;
  }

  /** Its value, as text, when it is not set; empty: none. */
  public String fallback() {
    return fallback;
  }

  /** One or two sentences, in Markdown. */
  public String description() {
    return description;
  }

  /** Whether its value, or a part of it, must not be printed. */
  public boolean isSecret() {
    return secret;
  }

  /**
   * Its environment variables; the first one that is set counts. The name of the field comes first.
   */
  public List<String> environment() {
    String own = PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_');
    return fieldName.map(name -> List.of(name, own)).orElse(List.of(own));
  }

  /** The setting with that key. */
  static Optional<Setting> of(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst();
  }
}
