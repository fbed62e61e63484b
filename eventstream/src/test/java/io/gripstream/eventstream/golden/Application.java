package io.gripstream.eventstream.golden;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.GripProxy;
import io.javalin.http.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The application that was recorded, made with our plugin: its routes, users and permissions; and
 * what was done to it.
 */
final class Application implements AutoCloseable {
  private static final JsonNode NONE = JsonNodeFactory.instance.arrayNode();

  private final Set<String> denied = ConcurrentHashMap.newKeySet();
  private final StreamServer server;

  private Application(boolean isStored, int port, Consumer<EventStreamConfig> settings) {
    StreamServer.Builder application = StreamServer.builder()
        .port(port)
        .configure(config -> {
          config
              .channelManager(new ReferenceChannels())
              .channelRules(channel -> channel.startsWith("live-")
                  ? ChannelRules.DEFAULT.unreliable()
                  : ChannelRules.DEFAULT)
              .user(request -> {
                var login = request.unwrap(Context.class).basicAuthCredentials();
                return login == null ? request.header("User") : login.getUsername();
              });
          settings.accept(config);
        })
        .routes(routes -> routes
            .queryParam("/events")
            .pathParam("/events/{channel}")
            .channels("/fixed", "fixed")
            .channels("/fixed2", "one", "two")
            .channels("/none")
            .template("/objects/{id}/events", "object-{id}", "all-{id}"));
    this.server = (isStored ? application : application.withoutStore()).start();
  }

  static Application start(boolean isStored, Consumer<EventStreamConfig> settings) {
    return new Application(isStored, 0, settings);
  }

  static Application start(int port, Consumer<EventStreamConfig> settings) {
    return new Application(true, port, settings);
  }

  /** The GRIP settings of the reference. Most of its recordings were made with one proxy. */
  static void grip(EventStreamConfig config, Map<String, JsonNode> settings, String control) {
    for (JsonNode proxy : settings.getOrDefault("GRIP_PROXIES", NONE)) {
      Map<String, String> names = new HashMap<>();
      proxy.forEachEntry((name, value) -> names.put(name, at(control, value)));
      config.proxy(GripProxy.fromConfig(names));
    }
    if (settings.containsKey("GRIP_URL")) {
      config.proxy(at(control, settings.get("GRIP_URL")));
    }
    if (settings.containsKey("GRIP_PREFIX")) {
      config.gripPrefix(settings.get("GRIP_PREFIX").asString());
    }
  }

  private static String at(String control, JsonNode value) {
    return value.asString().replace("http://CONTROL", control);
  }

  StreamServer server() {
    return server;
  }

  /** @throws IllegalArgumentException if it is refused */
  void take(Step step) {
    if (step instanceof Step.Send send) {
      for (Object data : send.data()) {
        server
            .events()
            .send(Draft.of(send.channel(), send.type(), data).withSkippedUsers(send.skipUsers()));
      }
    } else if (step instanceof Step.SendAside aside) {
      server.store().dropChanges();
      server.events().send(aside.channel(), aside.type(), aside.data());
      server.store().recover();
    } else if (step instanceof Step.Deny deny) {
      denied.add(deny.user() + " " + deny.channel());
    } else if (step instanceof Step.Allow allow) {
      denied.remove(allow.user() + " " + allow.channel());
    } else if (step instanceof Step.PermissionChanged changed) {
      server
          .events()
          .permissionChanged(
              changed.user() == null ? "anonymous" : changed.user(), changed.channel());
    } else if (step instanceof Step.Forget forget) {
      server.store().forget(forget.channel(), forget.upTo());
    }
    // The caller acts for the clients; only explicit waits take time.
  }

  @Override
  public void close() {
    server.close();
  }

  /** The channels of the application that was recorded. */
  private final class ReferenceChannels implements ChannelManager {
    @Override
    public boolean canRead(@Nullable String user, String channel) {
      return !(channel.startsWith("_") && user == null)
          && !denied.contains((user == null ? "anonymous" : user) + " " + channel);
    }
  }
}
