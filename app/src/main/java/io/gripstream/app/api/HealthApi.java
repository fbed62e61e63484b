package io.gripstream.app.api;

import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.store.Health;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET /health/live} and {@code /health/ready}: must it be restarted, can it serve. For
 * everybody. A proxy that is down does not make the server unready: what it misses is stored, and
 * it gets it later.
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
    Optional<String> fault = EventStream.fault();
    boolean ready = !(storage instanceof Health.Failed) && fault.isEmpty();
    report.put("status", ready ? "ok" : "unavailable");
    fault.ifPresent(what -> report.put("fault", what));
    report.put("storage", storage instanceof Health.Failed failed ? failed.reason() : "ok");
    report.put("proxies", proxies());
    report.put("refused_signatures", signatures());
    ctx.header("Cache-Control", "no-store").status(ready ? 200 : 503).json(report);
  }

  /** Not a secret: whoever sent such a signature knows it. */
  private Map<String, Object> signatures() {
    Map<String, Object> signatures = new LinkedHashMap<>();
    signatures.put("count", events.refusedSignatures());
    events.lastRefusedSignature().ifPresent(last -> {
      signatures.put("last_at", last.at().toString());
      signatures.put("last_reason", last.reason().name().toLowerCase(Locale.ROOT));
      signatures.put("last_detail", last.detail());
    });
    return signatures;
  }

  private List<Map<String, Object>> proxies() {
    List<Map<String, Object>> proxies = new ArrayList<>();
    events.proxyHealth().forEach((name, health) -> {
      Map<String, Object> proxy = new LinkedHashMap<>();
      proxy.put("proxy", name);
      boolean degraded = health.state() == io.gripstream.grip.publish.Health.State.DEGRADED;
      proxy.put("status", degraded ? "degraded" : "ok");
      if (degraded) {
        proxy.put("since", String.valueOf(health.since()));
        proxy.put("error", String.valueOf(health.lastError()));
      }
      proxy.put("queued", health.queuedItems());
      proxies.add(proxy);
    });
    return proxies;
  }
}
