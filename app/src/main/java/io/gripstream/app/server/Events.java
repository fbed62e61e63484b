package io.gripstream.app.server;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.EventStores;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.StoreOptions;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Sets up event streams and stores as the configuration says: for the server and for every command.
 */
public final class Events {
  private Events() {}

  /** The store; empty if nothing is to be stored. Not started yet. */
  public static Optional<EventStore> store(Settings.Storage storage) {
    if (storage.url() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(EventStores.open(
          storage.url().value(),
          StoreOptions.DEFAULT
              .withRetention(new Retention(storage.historyTtl(), storage.historySize()))
              .withTablePrefix(storage.tablePrefix())));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("database_url: " + e.getMessage());
    }
  }

  /** An event stream that sends. Without what only a server needs. */
  public static EventStream sender(Settings settings, Optional<EventStore> store) {
    return EventStream.create(config -> configure(config, settings, store)
        .channels(new AppChannels.Names(settings.streams().unreliable())));
  }

  /** What sending and serving have in common. */
  static EventStreamConfig configure(
      EventStreamConfig config, Settings settings, Optional<EventStore> store) {
    store.ifPresent(config::store);
    settings.grip().proxies().forEach(config::proxy);
    settings.grip().trustedProxies().forEach(config::trustedProxy);
    if (settings.grip().secret() != null) {
      config.secret(settings.grip().secret().value());
    }
    Settings.Streams streams = settings.streams();
    return config
        .gripPrefix(settings.grip().prefix())
        .maxChannels(streams.maxChannels())
        .maxEventBytes(streams.maxEventBytes())
        .keepAlive(streams.keepAlive())
        .cors(cors(streams));
  }

  private static Cors cors(Settings.Streams streams) {
    try {
      Set<String> headers = new HashSet<>(streams.corsAllowHeaders());
      return new Cors(
          Set.copyOf(streams.corsAllowOrigins()), streams.corsAllowCredentials(), headers);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
  }
}
