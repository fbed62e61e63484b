package io.gripstream.app.server;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Setting;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.store.CopyReport;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.StoreOptions;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Makes event streams and stores from the configuration, for the server and for every command. */
public final class Events {
  private Events() {}

  /** The store, not started; empty if the configuration has none. */
  public static Optional<EventStore> store(Settings settings) {
    return store(settings, Clock.systemUTC());
  }

  /** As {@link #store(Settings)}; a storage without a clock of its own goes by this one. */
  static Optional<EventStore> store(Settings settings, Clock clock) {
    Settings.Storage storage = settings.storage();
    Secret url = storage.url();
    if (url == null) {
      return Optional.empty();
    }
    EventStore store = naming(() -> EventStores.of(url.value(), options(storage).withClock(clock)));
    // A command that opens only the store removes old events too.
    store.channelRules(new AppRules(settings.channelRules()));
    return Optional.of(store);
  }

  /** Brings the schema up to date; returns the epoch. */
  public static String migrate(Settings.Storage storage, Secret url) {
    return naming(() -> EventStores.migrate(url.value(), options(storage)));
  }

  /** Whether another process is known to have it open. */
  public static boolean isInUse(Settings.Storage storage, Secret url) {
    return naming(() -> EventStores.isInUse(url.value(), options(storage)));
  }

  /** Makes every position invalid, after a backup was restored; returns the new epoch. */
  public static String renewEpoch(Settings.Storage storage, Secret url) {
    return naming(() -> EventStores.renewEpoch(url.value(), options(storage)));
  }

  /**
   * Copies a storage into another one; see {@link EventStores#copy}.
   *
   * @throws ConfigException if an address is wrong
   */
  public static CopyReport copy(
      Settings.Storage storage, String from, String to, Consumer<CopyReport> progress) {
    try {
      return EventStores.copy(from, to, options(storage), progress);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
  }

  /** Adds the name of the key when the library refuses the URL. */
  private static <T> T naming(Supplier<T> opening) {
    try {
      return opening.get();
    } catch (IllegalArgumentException e) {
      throw new ConfigException("database_url: " + e.getMessage());
    }
  }

  private static StoreOptions options(Settings.Storage storage) {
    Retention retention = Retention.of(storage.historyTtl());
    OptionalInt size = storage.historySize();
    return StoreOptions.DEFAULT
        .withRetention(size.isPresent() ? retention.withSize(size.getAsInt()) : retention)
        .withTablePrefix(storage.tablePrefix());
  }

  /** An event stream that only sends, without the parts of a server. */
  public static EventStream sender(Settings settings, Optional<EventStore> store) {
    return EventStream.create(config -> configure(config, settings, store));
  }

  /** The settings for sending and serving. */
  static EventStreamConfig configure(
      EventStreamConfig config, Settings settings, Optional<EventStore> store) {
    store.ifPresent(config::store);
    settings.grip().proxies().forEach(proxy -> add(proxy, config));
    settings.grip().trustedProxies().forEach(config::trustedProxy);
    if (settings.grip().secret() != null) {
      config.secret(settings.grip().secret().value());
    }
    Settings.Streams streams = settings.streams();
    return config
        .channelRules(new AppRules(settings.channelRules()))
        .gripPrefix(settings.grip().prefix())
        .maxChannels(streams.maxChannels())
        .maxEventBytes(streams.maxEventBytes())
        .newChannelLimit(streams.newChannelLimit())
        .keepAlive(streams.keepAlive())
        .direct(DirectOptions.DEFAULT
            .withMaxStreams(Connections.streams(streams.maxStreams()))
            .withMaxStreamsPerUser(streams.maxStreamsPerUser())
            .withMaxStreamsPerAddress(streams.maxStreamsPerAddress()))
        .cors(cors(streams));
  }

  private static void add(Settings.Proxy proxy, EventStreamConfig config) {
    if (proxy.publicUrl() == null) {
      config.proxy(proxy.grip());
      return;
    }
    try {
      config.proxy(proxy.grip(), proxy.publicUrl());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(Setting.PUBLIC_URL.key() + " \"" + proxy.publicUrl()
          + "\" of proxy " + proxy.grip().name() + ": " + e.getMessage());
    }
  }

  /**
   * Which other origins may read.
   *
   * @throws ConfigException if one is not an origin
   */
  static Cors cors(Settings.Streams streams) {
    try {
      Cors cors = Cors.of(streams.corsAllowOrigins()).withHeaders(streams.corsAllowHeaders());
      return streams.corsAllowCredentials() ? cors.withCredentials() : cors;
    } catch (IllegalArgumentException e) {
      // The message is "cors: " and the problem of an origin.
      throw new ConfigException(String.valueOf(e.getMessage())
          .replaceFirst("^cors: ", Setting.CORS_ALLOW_ORIGINS.key() + ": "));
    }
  }
}
