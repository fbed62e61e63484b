package io.gripstream.app.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code GET /metrics}, as text in the format that the scraper asks for. */
final class MetricsApi {
  private final PrometheusRegistry registry;
  private final Rights rights;
  private final ExpositionFormats formats = ExpositionFormats.init();

  MetricsApi(PrometheusRegistry registry, Rights rights) {
    this.registry = registry;
    this.rights = rights;
  }

  void register(RoutesConfig routes) {
    Reading.add(routes, "/metrics", this::metrics);
  }

  private void metrics(Context ctx) throws IOException {
    rights.admin(ctx);
    ExpositionFormatWriter writer = writer(ctx.header("Accept"));
    ByteArrayOutputStream out = new ByteArrayOutputStream(8_192);
    writer.write(out, registry.scrape());
    ctx.header("Cache-Control", "no-store")
        .contentType(writer.getContentType())
        .result(out.toByteArray());
  }

  /** One of the two text formats for any {@code Accept}: the binary one is not included. */
  private ExpositionFormatWriter writer(@Nullable String accept) {
    boolean openMetrics =
        accept != null && accept.toLowerCase(Locale.ROOT).contains("application/openmetrics-text");
    return openMetrics
        ? formats.getOpenMetricsTextFormatWriter()
        : formats.getPrometheusTextFormatWriter();
  }
}
