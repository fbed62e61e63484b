package io.gripstream.app.api;

import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.StreamStatus;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.grip.publish.ProxyHealth;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /health/live} and {@code /health/ready}: whether the server must be restarted, and
 * whether it can serve. Every client may ask; callers with the right {@code admin} also get the
 * reasons. A proxy that is down does not make the server unready: its events are stored and sent
 * later.
 */
final class HealthApi {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final EventStream events;
  private final Rights rights;
  private final LongSupplier nanoTime;
  private volatile @Nullable Checked checked;

  HealthApi(EventStream events, Rights rights, LongSupplier nanoTime) {
    this.events = events;
    this.rights = rights;
    this.nanoTime = nanoTime;
  }

  void register(RoutesConfig routes) {
    Reading.add(
        routes,
        "/health/live",
        ctx -> ctx.header("Cache-Control", "no-store").json(Map.of("status", "ok")));
    Reading.add(routes, "/health/ready", this::ready);
  }

  private void ready(Context ctx) {
    boolean detailed = rights.isAdmin(ctx);
    Map<String, Object> report = new LinkedHashMap<>();
    StoreHealth storage = storage();
    StreamStatus status = events.status();
    boolean ready = !(storage instanceof StoreHealth.Failed) && status.fault().isEmpty();
    report.put("status", ready ? "ok" : "unavailable");
    if (storage instanceof StoreHealth.Failed failed) {
      report.put("storage", detailed ? failed.reason() : "unavailable");
    } else {
      report.put("storage", "ok");
    }
    report.put("proxies", proxies(status, detailed));
    if (detailed) {
      status.fault().ifPresent(what -> report.put("fault", what));
      report.put("refused_signatures", signatures(status));
    }
    ctx.header("Cache-Control", "no-store").status(ready ? 200 : 503).json(report);
  }

  /** At most a second old: the check takes a write, and any client may ask at any rate. */
  private StoreHealth storage() {
    Checked known = checked;
    long now = nanoTime.getAsLong();
    if (known != null && now - known.at() < FRESH_NANOS) {
      return known.health();
    }
    synchronized (this) {
      known = checked;
      if (known == null || nanoTime.getAsLong() - known.at() >= FRESH_NANOS) {
        StoreHealth health = events.checkStorage();
        known = new Checked(health, nanoTime.getAsLong());
        checked = known;
      }
      return known.health();
    }
  }

  private record Checked(StoreHealth health, long at) {}

  private Map<String, Object> signatures(StreamStatus status) {
    Map<String, Object> signatures = new LinkedHashMap<>();
    signatures.put("count", status.refusedSignatures());
    status.lastRefusedSignature().ifPresent(last -> {
      signatures.put("last_at", last.at().toString());
      signatures.put("last_reason", last.reason().name().toLowerCase(Locale.ROOT));
      signatures.put("last_detail", last.detail());
    });
    return signatures;
  }

  private List<Map<String, Object>> proxies(StreamStatus status, boolean detailed) {
    List<Map<String, Object>> proxies = new ArrayList<>();
    status.proxies().forEach((name, health) -> {
      Map<String, Object> proxy = new LinkedHashMap<>();
      if (detailed) {
        proxy.put("proxy", name);
      }
      proxy.put("status", health.state().name().toLowerCase(Locale.ROOT));
      if (detailed && health.state() != ProxyHealth.State.OK) {
        if (health.since() != null) {
          proxy.put("since", health.since().toString());
        }
        if (health.lastError() != null) {
          proxy.put("error", health.lastError());
        }
      }
      if (detailed) {
        proxy.put("queued", health.queuedItems());
      }
      proxies.add(proxy);
    });
    return proxies;
  }
}
