package io.gripstream.app.api;

import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.store.Health;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code GET /health/live} and {@code /health/ready}: must it be restarted, can it serve. For
 * everybody.
 */
final class HealthApi {
  private final EventStream events;

  HealthApi(EventStream events) {
    this.events = events;
  }

  void register(RoutesConfig routes) {
    routes.get(
        "/health/live",
        ctx -> ctx.header("Cache-Control", "no-store").json(Map.of("status", "ok")));
    routes.get("/health/ready", this::ready);
  }

  private void ready(Context ctx) {
    Map<String, Object> report = new LinkedHashMap<>();
    Health storage = events.storageHealth();
    boolean ready = storage instanceof Health.Ok;
    report.put("status", ready ? "ok" : "unavailable");
    report.put("storage", storage instanceof Health.Failed failed ? failed.reason() : "ok");
    ctx.header("Cache-Control", "no-store").status(ready ? 200 : 503).json(report);
  }
}
