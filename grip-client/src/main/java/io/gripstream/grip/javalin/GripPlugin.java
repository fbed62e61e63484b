package io.gripstream.grip.javalin;

import io.gripstream.grip.ProxyTrust;
import io.gripstream.grip.internal.jetty.IdleFence;
import io.gripstream.grip.internal.jetty.KeptConnections;
import io.gripstream.grip.publish.Publisher;
import io.javalin.config.JavalinState;
import io.javalin.plugin.Plugin;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Adds GRIP to an application. Handlers get the GRIP part of a request from {@link Grip#of} and
 * give it instructs, which are applied after the handler. The plugin has a publisher that closes
 * with the server. It answers 403 to WebSocket events that no proxy forwarded (see
 * {@link ProxyTrust}), on all paths. It repairs two faults of Jetty that mix answers when a
 * connection is idle for too long. The server keeps connections without a request for 75 s, longer
 * than proxies do. An application's own time stays, unless it is Jetty's default of 30 s.
 *
 * <pre>{@code
 * Javalin.create(config -> {
 *   config.registerPlugin(new GripPlugin(grip -> grip.proxiesFromEnvironment(System.getenv())));
 *   config.routes.get("/stream", ctx -> {
 *     Grip.of(ctx).answerWith(Instruct.stream().channel("news").build());
 *     ctx.contentType("text/plain").result("[open]\n");
 *   });
 *   config.routes.post("/publish", ctx ->
 *       Grip.of(ctx).publisher().publishAndWait(Item.stream("news", ctx.body())).orThrow());
 * });
 * }</pre>
 */
public final class GripPlugin extends Plugin<GripConfig> {

  private @Nullable Publisher publisher;

  /**
   * Makes a plugin with these settings.
   *
   * @param configure such as {@code grip -> grip.proxiesFromEnvironment(System.getenv())}
   */
  public GripPlugin(Consumer<GripConfig> configure) {
    super(configure, new GripConfig());
  }

  @Override
  public void onInitialize(JavalinState state) {
    GripConfig config = Objects.requireNonNull(pluginConfig);
    var started = Publisher.create(config.proxies, config.publishOptions.withPrefix(config.prefix));
    publisher = started;
    var trust = new ProxyTrust(config.proxies, config.prefix, config.trustedProxies, config.clock);
    trust.warnIfUnsigned();
    state.appData(GripSettings.KEY, new GripSettings(config, trust, started));
    state.routes.before(Grip::refuseForgedEvents);
    state.jetty.modifyServer(IdleFence::use);
    state.jetty.modifyServer(KeptConnections::use);
    state.events.serverStopped(started::close);
  }

  @Override
  public void onStart(JavalinState state) {
    state.routes.after(Grip::apply);
  }

  /**
   * The publisher to the proxies, with the prefix. It closes with the server.
   *
   * @throws IllegalStateException before the plugin is registered
   */
  public Publisher publisher() {
    if (publisher == null) {
      throw new IllegalStateException("the GRIP plugin is not registered");
    }
    return publisher;
  }
}
