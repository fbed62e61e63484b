package io.gripstream.app.config;

import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.grip.internal.Secrets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every setting: its names, its meaning and its default. */
public enum Setting {
  HOST(
      "host",
      "127.0.0.1",
      "Address to listen on. Without a key configured, only loopback is allowed."),
  PORT("port", "8080", "Port to listen on; 0 takes a free one.", "PORT"),

  DATABASE_URL(
      "database_url",
      "jdbc:sqlite:gripstream.db",
      "The storage of events: `jdbc:sqlite:PATH`, `postgres://USER:PASSWORD@HOST/DATABASE`,"
          + " `jdbc:postgresql://…`, `redis://USER:PASSWORD@HOST` (several hosts: a Cluster) or"
          + " `redis-sentinel://…`; a Redis URL may have options such as `?wait_replicas=1`. `none`:"
          + " nothing is stored, and a client that is not connected misses events.",
      true,
      "DATABASE_URL"),
  TABLE_PREFIX("table_prefix", "gripstream_", "Prefix of all table names (Redis: of all keys)."),
  HISTORY_TTL(
      "history_ttl",
      "24h",
      "Events older than this are removed, unless `channel_rules` says otherwise."),
  HISTORY_SIZE(
      "history_size",
      "",
      "Maximum number of events per channel, unless `channel_rules` says otherwise. Empty: no"
          + " limit."),

  GRIP_URL(
      "grip_url",
      "",
      "GRIP proxies to publish to: URLs with `iss`, `key`, `verify-iss`, `verify-key`, `verify-key-previous` in the"
          + " query. Separate several by blanks.",
      true,
      "GRIP_URL"),
  GRIP_VERIFY_KEY(
      "grip_verify_key",
      "",
      "Key that verifies `Grip-Sig` of every proxy that has no `verify-key`: a secret,"
          + " `base64:…`, PEM or JWK.",
      true,
      "GRIP_VERIFY_KEY"),
  GRIP_VERIFY_KEY_PREVIOUS(
      "grip_verify_key_previous",
      "",
      "Second key that verifies `Grip-Sig`, while you replace `grip_verify_key`; for every proxy without"
          + " `verify-key-previous`.",
      true,
      "GRIP_VERIFY_KEY_PREVIOUS"),
  GRIP_PREFIX("grip_prefix", "", "Prefix of every channel name at the proxies.", "GRIP_PREFIX"),
  PROXIES(
      "proxies",
      "",
      "A list of GRIP proxies instead of `grip_url`: URLs, or objects with `control_uri`,"
          + " `control_iss`, `key`, `verify_iss`, `verify_key`, `verify_key_previous`,"
          + " `public_url`.",
      true),
  PUBLIC_URL(
      "public_url",
      "",
      "URL where clients reach the proxy, if there is one proxy. With it, the proxy asks the"
          + " server less often when many users are identified. A path in it is the path that the"
          + " proxy's route removes (`path_rem`). `serve --public-url` sets it too."),
  TRUSTED_PROXIES(
      "trusted_proxies",
      "",
      "Addresses, besides loopback, whose `Grip-Sig` the server accepts while no proxy has a"
          + " verify key."),
  SECRET(
      "secret",
      "",
      "Secret that signs links and tokens of the server itself; at least "
          + Secrets.MIN_BYTES
          + " bytes. Empty: a random secret in the storage.",
      true),

  API_KEYS(
      "api_keys",
      "",
      "Keys for servers that publish or administer: a list of texts (all rights), or of objects"
          + " with `key`, `publish`, `subscribe` (channel patterns) and `admin`. At least "
          + Secrets.MIN_BYTES
          + " bytes each. Several are valid at once, so a key can be replaced without a gap.",
      true),
  TOKEN_SECRET(
      "token_secret",
      "",
      "Secret that verifies tokens (JWT, HS256): at least 32 bytes, or `base64:…`.",
      true),
  TOKEN_SECRET_PREVIOUS(
      "token_secret_previous",
      "",
      "Second secret that verifies tokens, while you replace `token_secret`; it signs no token.",
      true),
  TOKEN_PUBLIC_KEY(
      "token_public_key",
      "",
      "Public key that verifies tokens: PEM or JWK, RSA (RS256) or P-256 (ES256)."),
  TOKEN_PUBLIC_KEY_PREVIOUS(
      "token_public_key_previous",
      "",
      "Second public key that verifies tokens, while you replace `token_public_key`."),
  TOKEN_JWKS_URL(
      "token_jwks_url",
      "",
      "URL of a key set that verifies tokens (RS256, ES256, ES384, EdDSA): `https://`, or"
          + " `http://` to loopback."),
  TOKEN_ISSUER(
      "token_issuer", "", "Claim `iss` that tokens must have. Required with `token_jwks_url`."),
  TOKEN_AUDIENCE("token_audience", "", "Claim `aud` that tokens must have."),
  ANONYMOUS_EXISTING_ONLY(
      "anonymous_existing_only",
      "false",
      "`true`: without a token, clients may read only channels that have had a stored event, or"
          + " that `channel_rules` names in full."),

  ROUTES(
      "routes",
      "",
      "More streams: a list of objects with `path`, `channels` and `rewind` (optional: the number of"
          + " past events for a new stream). Channels are fixed names, or templates such as"
          + " `object-{id}` that the path `/objects/{id}/events` fills."),
  CHANNEL_RULES(
      "channel_rules",
      "",
      "Rules of channels: a list of objects with `channels` (names, or patterns such as `room-*`),"
          + " and some of `history_ttl`, `history_size` (1: the latest value only), `reliable`"
          + " (`false`: no ids and no history), `anonymous` (whether clients may read without a"
          + " token) and `rewind` (the number of past events for a new stream). The first entry"
          + " that names a channel applies; other settings apply to rules that the entry leaves out. Every process needs"
          + " the same value."),
  CORS_ALLOW_ORIGINS(
      "cors.allow_origins",
      "",
      "Other origins whose pages may read streams, `/api/position` and `/api/history`: `https://app.example`,"
          + " `https://*.app.example` (exactly one label in place of the star), or `*`."),
  CORS_ALLOW_CREDENTIALS(
      "cors.allow_credentials", "false", "`true`: pages of these origins may send cookies."),
  CORS_ALLOW_HEADERS(
      "cors.allow_headers",
      "",
      "Request headers that pages of these origins may set, besides `Last-Event-ID`."),

  MAX_CHANNELS(
      "max_channels",
      "10",
      "Maximum number of channels per stream; " + EventStreamConfig.MOST_CHANNELS + " at most."),
  MAX_EVENT_BYTES(
      "max_event_bytes",
      "262144",
      "Maximum size of an event in bytes on the wire, including the users that it skips;"
          + String.format(Locale.ROOT, " %,d at most.", EventStreamConfig.MOST_EVENT_BYTES)),
  MAX_BODY_BYTES("max_body_bytes", "8388608", "Maximum size of an API request body in bytes."),
  MAX_BATCH_ITEMS("max_batch_items", "10000", "Maximum number of events in one batch."),
  KEEP_ALIVE(
      "keep_alive",
      "20s",
      "Idle time after which a stream gets a keep-alive: whole seconds, `1d` at most."),

  MAX_STREAMS(
      "max_streams",
      "100000",
      "Maximum number of streams that an instance holds itself. Further streams get 503."),
  MAX_STREAMS_PER_USER(
      "max_streams_per_user",
      "",
      "Maximum number of streams per user that an instance holds itself. Further streams get"
          + " 429. Empty: no limit."),
  MAX_STREAMS_PER_ADDRESS(
      "max_streams_per_address",
      "",
      "Maximum number of streams per client address that an instance holds itself. Further"
          + " streams get 429. Empty: no limit, because all clients behind a reverse proxy have one"
          + " address."),
  NEW_CHANNEL_LIMIT(
      "new_channel_limit",
      "10",
      "Maximum number of streams on channels without a recent reader that one user, or one"
          + " anonymous client address, may open through a proxy in 5 s. Further streams get `busy`"
          + " and reconnect later. `0`: no limit."),

  DEMOS(
      "demos",
      "",
      "`true`: two demos, `/demo/chat/` and `/demo/time/`, are served to every client that reaches"
          + " the server. Empty: only while no key is configured, so on loopback."),
  LOG_FORMAT("log.format", "text", "`text`, or `json`: one object per line."),
  LOG_LEVEL("log.level", "info", "`error`, `warn`, `info` or `debug`."),
  LOG_ACCESS("log.access", "true", "`true`: every request is logged."),
  SHUTDOWN_TIMEOUT(
      "shutdown_timeout",
      "10s",
      "Time that running requests get to finish when the server stops. Before it, streams get"
          + " up to 5 s to end; after it, proxies get up to 5 s to confirm events.");

  private static final String PREFIX = "GRIPSTREAM_";

  private final String key;
  private final String fallback;
  private final String description;
  private final boolean isSecret;
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
    this.isSecret = secret;
    this.fieldName = fieldName;
  }

  /** The name in the file; a dot separates levels. */
  public String key() {
    return key;
  }

  /** The default value, as text; empty: none. */
  public String fallback() {
    return fallback;
  }

  /** One or two sentences, in Markdown. */
  public String description() {
    return description;
  }

  /** Returns whether its value, or a part of it, must not be printed. */
  public boolean isSecret() {
    return isSecret;
  }

  /** The environment variables; the first one that is set counts. */
  public List<String> environment() {
    String own = PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_');
    return fieldName.map(name -> List.of(name, own)).orElse(List.of(own));
  }

  /** The setting with that key. */
  static Optional<Setting> of(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst();
  }
}
