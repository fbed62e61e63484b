package io.gripstream.app.api;

import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.EventStream;
import io.javalin.config.RoutesConfig;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;

/** All endpoints except streams. */
public record Api(
    EventStream events,
    Authenticator authenticator,
    Cors cors,
    Settings settings,
    Revoking revoking,
    PrometheusRegistry metrics,
    OfferedChannels offered,
    Checkup checkup,
    boolean hasDemos,
    Clock clock) {

  /** Answers a request with an error of the process, and reports the error. */
  public static void answer(HttpServletResponse response, Error failure) {
    Failures.answer(response, failure);
  }

  /** Adds the routes. */
  public void register(RoutesConfig routes) {
    Settings.Http limits = settings.http();
    SafeHeaders.register(routes);
    Failures.register(routes);
    Undecodable.register(routes);
    Bodies bodies = new Bodies(limits.maxBodyBytes(), System::nanoTime);
    Rights rights = new Rights(authenticator, revoking);
    new PublishApi(events, rights, settings, bodies, offered).register(routes);
    new BatchApi(events, rights, settings, bodies, offered).register(routes);
    new ReadApi(events, rights, cors, settings.streams().maxChannels()).register(routes);
    new AdminApi(events, rights, bodies, clock).register(routes);
    new MetricsApi(metrics, rights).register(routes);
    new HealthApi(events, rights, System::nanoTime).register(routes);
    new ConsoleApi(this, rights, bodies).register(routes);
    Pages.register(routes, hasDemos);
  }
}
