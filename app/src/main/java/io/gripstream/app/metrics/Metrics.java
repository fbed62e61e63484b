package io.gripstream.app.metrics;

import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.StreamMode;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.publish.ProxyHealth;
import io.gripstream.grip.publish.PublishException;
import io.gripstream.grip.publish.PublishMetrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.time.Duration;
import java.util.Locale;

/**
 * The metrics. No label has a value that a client, publisher or user could choose, because channels
 * and users have no limit. Thread-safe.
 */
public final class Metrics implements StreamMetrics, PublishMetrics {
  private static final double[] SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter events =
      counter("gripstream_events", "Events accepted: stored, or of an unreliable channel.", "kind");
  private final Counter refusedEvents =
      counter("gripstream_events_failed", "Events that the storage did not accept.");
  private final Counter streams = counter(
      "gripstream_streams_opened",
      "Streams opened, by mode and by whether the client sent a position.",
      "mode",
      "resumed");
  private final Counter refusedStreams =
      counter("gripstream_streams_refused", "Streams refused: not allowed, or a bad request.");
  private final Counter resets = counter(
      "gripstream_resets", "Channels of streams whose history was too short for the client.");
  private final Counter followUps =
      counter("gripstream_follow_ups", "Requests of proxies on behalf of their clients.");
  private final Counter replayed = counter(
      "gripstream_replayed_events", "Events read from storage for clients that missed them.");
  private final Counter published = counter(
      "gripstream_publish_items",
      "Items by result: ok, retried, or the kind of failure.",
      "proxy",
      "result");
  private final Histogram appendTime = histogram(
      "gripstream_store_append_seconds", "Time from appending an event until it is durable.");
  private final Histogram publishTime = histogram(
      "gripstream_publish_seconds",
      "Duration of a request to a proxy's control endpoint.",
      "proxy");
  private final Histogram lag = histogram(
      "gripstream_publish_lag_seconds",
      "Time from accepting an event until a proxy confirmed it.",
      "proxy");

  /** The registry to read. */
  public PrometheusRegistry registry() {
    return registry;
  }

  /** Adds the state of the event stream. */
  public void observe(EventStream stream) {
    gauge("gripstream_streams", "Streams that this instance holds itself.")
        .callback(value -> value.call(stream.status().streams()))
        .register(registry);
    CounterWithCallback.builder()
        .name("gripstream_deliveries")
        .help("Events written to streams that this instance holds itself, once per stream.")
        .callback(value -> value.call((double) stream.status().deliveries()))
        .register(registry);
    gauge("gripstream_slow_streams", "Streams that have not got all published events yet.")
        .callback(value -> value.call(stream.status().slowStreams()))
        .register(registry);
    gauge(
            "gripstream_slowest_stream_events",
            "Published events that the slowest stream has not got yet.")
        .callback(value -> value.call((double) stream.status().slowestStreamEvents()))
        .register(registry);
    gauge("gripstream_refused_signatures", "Requests whose Grip-Sig was refused, since the start.")
        .callback(value -> value.call((double) stream.status().refusedSignatures()))
        .register(registry);
    gauge("gripstream_publish_queue_items", "Items that wait for a proxy's answer.")
        .labelNames("proxy")
        .callback(value -> stream
            .status()
            .proxies()
            .forEach((proxy, health) -> value.call(health.queuedItems(), proxy)))
        .register(registry);
    gauge("gripstream_proxy_up", "1 if the proxy answered when it was asked last, else 0.")
        .labelNames("proxy")
        .callback(value -> stream
            .status()
            .proxies()
            .forEach((proxy, health) ->
                value.call(health.state() == ProxyHealth.State.OK ? 1 : 0, proxy)))
        .register(registry);
  }

  @Override
  public void stored(Duration took) {
    events.labelValues("stored").inc();
    appendTime.observe(seconds(took));
  }

  @Override
  public void unstored() {
    events.labelValues("unstored").inc();
  }

  @Override
  public void sendFailed() {
    refusedEvents.inc();
  }

  @Override
  public void opened(StreamMode mode, boolean resumed) {
    streams
        .labelValues(mode.name().toLowerCase(Locale.ROOT), Boolean.toString(resumed))
        .inc();
  }

  @Override
  public void refused() {
    refusedStreams.inc();
  }

  @Override
  public void reset() {
    resets.inc();
  }

  @Override
  public void followUp() {
    followUps.inc();
  }

  @Override
  public void replayed(int count) {
    replayed.inc(count);
  }

  @Override
  public void confirmed(GripProxy proxy, Duration since) {
    lag.labelValues(proxy.name()).observe(seconds(since));
  }

  @Override
  public void published(GripProxy proxy, int items, int bytes, Duration took) {
    published.labelValues(proxy.name(), "ok").inc(items);
    publishTime.labelValues(proxy.name()).observe(seconds(took));
  }

  @Override
  public void retried(GripProxy proxy, int items) {
    published.labelValues(proxy.name(), "retried").inc(items);
  }

  @Override
  public void failed(GripProxy proxy, PublishException.Kind kind) {
    published.labelValues(proxy.name(), kind.name().toLowerCase(Locale.ROOT)).inc();
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  private Histogram histogram(String name, String help, String... labels) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .unit(Unit.SECONDS)
        .labelNames(labels)
        .classicOnly()
        .classicUpperBounds(SECONDS)
        .register(registry);
  }

  private static GaugeWithCallback.Builder gauge(String name, String help) {
    return GaugeWithCallback.builder().name(name).help(help);
  }

  private static double seconds(Duration took) {
    return took.toNanos() / 1e9;
  }
}
