package io.gripstream.app.api;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The metrics of {@code GET /metrics} as JSON, for the charts of the console. */
final class MetricsJson {
  private MetricsJson() {}

  /**
   * A list of {@code {"name","labels","value"}}, a histogram with {@code count} and {@code sum}.
   */
  static List<Map<String, Object>> of(PrometheusRegistry registry) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (MetricSnapshot metric : registry.scrape()) {
      String name = metric.getMetadata().getName();
      if (metric instanceof CounterSnapshot counter) {
        counter
            .getDataPoints()
            .forEach(point -> add(all, name, point.getLabels()).put("value", point.getValue()));
      } else if (metric instanceof GaugeSnapshot gauge) {
        gauge
            .getDataPoints()
            .forEach(point -> add(all, name, point.getLabels()).put("value", point.getValue()));
      } else if (metric instanceof HistogramSnapshot histogram) {
        histogram.getDataPoints().forEach(point -> {
          Map<String, Object> one = add(all, name, point.getLabels());
          one.put("count", point.getCount());
          one.put("sum", point.getSum());
        });
      }
    }
    return all;
  }

  private static Map<String, Object> add(
      List<Map<String, Object>> all, String name, Labels labels) {
    Map<String, Object> point = new LinkedHashMap<>();
    point.put("name", name);
    Map<String, String> named = new LinkedHashMap<>();
    labels.forEach(label -> named.put(label.getName(), label.getValue()));
    point.put("labels", named);
    all.add(point);
    return point;
  }
}
