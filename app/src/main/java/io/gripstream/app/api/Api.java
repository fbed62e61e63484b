package io.gripstream.app.api;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.EventStream;
import io.javalin.config.RoutesConfig;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is served besides streams.
 *
 * @param canRead whether the storage's revocations let a user read a channel
 */
public record Api(
    EventStream events,
    Authenticator authenticator,
    Settings settings,
    BiPredicate<@Nullable String, String> canRead,
    Revoking revoking,
    PrometheusRegistry metrics,
    Clock clock) {

  /** Adds the routes. */
  public void register(RoutesConfig routes) {
    Settings.Http limits = settings.http();
    Failures.register(routes);
    new PublishApi(events, authenticator, limits).register(routes);
    new BatchApi(events, authenticator, limits).register(routes);
    new ReadApi(events, authenticator, canRead, settings.streams().maxChannels()).register(routes);
    new AdminApi(events, authenticator, revoking, limits, clock).register(routes);
    new MetricsApi(metrics, authenticator).register(routes);
    new HealthApi(events).register(routes);
    Pages.register(routes);
  }
}
