package io.gripstream.app.config;

import io.gripstream.grip.GripProxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The effective configuration, read and checked. Immutable; printing it shows no secret.
 *
 * @param demos whether the example programs are served; null: where no key is configured
 * @param shutdownTimeout time for running requests at the end
 */
public record Settings(
    Http http,
    Storage storage,
    Grip grip,
    Auth auth,
    List<ChannelRule> channelRules,
    Streams streams,
    Log log,
    @Nullable Boolean demos,
    Duration shutdownTimeout) {

  /** Returns the same settings with one more API key, which has all rights. */
  public Settings withKey(Secret key) {
    List<String> all = List.of("*");
    return new Settings(
        http,
        storage,
        grip,
        auth.with(new ApiKey(key, all, all, true)),
        channelRules,
        streams,
        log,
        demos,
        shutdownTimeout);
  }

  /** Where the server listens, and its limits. */
  public record Http(String host, int port, int maxBodyBytes, int maxBatchItems) {}

  /**
   * Where events are kept.
   *
   * @param url a secret, since it may have a password; null: nothing is stored
   * @param isDefault whether it is the default
   */
  public record Storage(
      @Nullable Secret url,
      boolean isDefault,
      String tablePrefix,
      Duration historyTtl,
      OptionalInt historySize) {}

  /**
   * A proxy.
   *
   * @param publicUrl where clients reach it; null: not known
   */
  public record Proxy(GripProxy grip, @Nullable URI publicUrl) {}

  /** The proxies. */
  public record Grip(
      List<Proxy> proxies,
      String prefix,
      List<String> trustedProxies,
      @Nullable Secret secret) {}

  /**
   * Credentials and their rights.
   *
   * @param anonymousExistingOnly whether clients without a token may read only channels that ever
   *     had an event, or that a rule names in full
   * @param tokenSecretPrevious verifies too, while the secret is replaced
   * @param tokenPublicKeyPrevious verifies too, while the public key is replaced
   */
  public record Auth(
      List<ApiKey> apiKeys,
      @Nullable Secret tokenSecret,
      @Nullable String tokenPublicKey,
      @Nullable String tokenJwksUrl,
      @Nullable String tokenIssuer,
      @Nullable String tokenAudience,
      boolean anonymousExistingOnly,
      @Nullable Secret tokenSecretPrevious,
      @Nullable String tokenPublicKeyPrevious) {

    /** Makes settings with the defaults for anonymous callers, and without previous keys. */
    public Auth(
        List<ApiKey> apiKeys,
        @Nullable Secret tokenSecret,
        @Nullable String tokenPublicKey,
        @Nullable String tokenJwksUrl,
        @Nullable String tokenIssuer,
        @Nullable String tokenAudience) {
      this(
          apiKeys,
          tokenSecret,
          tokenPublicKey,
          tokenJwksUrl,
          tokenIssuer,
          tokenAudience,
          false,
          null,
          null);
    }

    /** Whether tokens can be verified. */
    public boolean hasTokenKey() {
      return tokenSecret != null || tokenPublicKey != null || tokenJwksUrl != null;
    }

    /** These, and one more key. */
    public Auth with(ApiKey key) {
      return new Auth(
          Stream.concat(apiKeys.stream(), Stream.of(key)).toList(),
          tokenSecret,
          tokenPublicKey,
          tokenJwksUrl,
          tokenIssuer,
          tokenAudience,
          anonymousExistingOnly,
          tokenSecretPrevious,
          tokenPublicKeyPrevious);
    }

    /** No key at all. */
    public boolean isOpen() {
      return apiKeys.isEmpty() && !hasTokenKey();
    }
  }

  /** A key for servers. */
  public record ApiKey(Secret key, List<String> publish, List<String> subscribe, boolean admin) {}

  /**
   * Rules of some channels; where they are empty, the general settings apply.
   *
   * @param channels names or patterns such as {@code room-*}
   */
  public record ChannelRule(
      List<String> channels,
      Optional<Duration> historyTtl,
      OptionalInt historySize,
      Optional<Boolean> reliable,
      Optional<Boolean> anonymous,
      OptionalInt rewind) {}

  /** The routes of streams, and their behaviour. */
  public record Streams(
      List<Route> routes,
      List<String> corsAllowOrigins,
      boolean corsAllowCredentials,
      List<String> corsAllowHeaders,
      int maxChannels,
      int maxEventBytes,
      Duration keepAlive,
      int maxStreams,
      int maxStreamsPerUser,
      int maxStreamsPerAddress,
      int newChannelLimit) {}

  /**
   * A stream of the configuration.
   *
   * @param rewind number of past events of each channel with which a new stream begins
   */
  public record Route(String path, List<String> channels, OptionalInt rewind) {}

  /** The content and the form of the log. */
  public record Log(boolean json, String level, boolean access) {}
}
