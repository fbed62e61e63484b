package io.gripstream.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.gripstream.app.server.TestServer;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.publish.PublishException;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics as a scraper gets them. */
class MetricsTest {
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

  @TempDir
  Path directory;

  private HttpServer proxy;
  private String proxyName;
  private String deadName;
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.createContext("/publish/", exchange -> {
      exchange.getRequestBody().readAllBytes();
      byte[] answer = "Published\n".getBytes(StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    proxy.start();
    proxyName = "http://127.0.0.1:" + proxy.getAddress().getPort() + "/";
    deadName = "http://127.0.0.1:" + Ports.free(1).get(0) + "/";
    server = TestServer.start(Map.of(
        "DATABASE_URL",
        "jdbc:sqlite:" + directory.resolve("events.db"),
        "GRIPSTREAM_CHANNEL_RULES",
        "[{channels: 'lossy-*', reliable: false}]",
        "GRIP_URL",
        proxyName + " " + deadName,
        "GRIP_VERIFY_KEY",
        "a key of nobody's proxy"));
  }

  @AfterEach
  void stop() {
    server.close();
    proxy.stop(0);
  }

  @Test
  void events_and_streams_are_counted() {
    publish("{\"channel\":\"chosen-channel\",\"type\":\"chosen-type\",\"data\":1}");
    publish("{\"channel\":\"chosen-channel\",\"data\":2,\"skip_user_ids\":[\"chosen-user\"]}");
    publish("{\"channel\":\"lossy-1\",\"data\":3}");
    try (StreamClient client = StreamClient.open(uri("/events/chosen-channel"));
        StreamClient back = StreamClient.open(uri("/events/chosen-channel?lastEventId=earliest"));
        StreamClient lost =
            StreamClient.open(uri("/events/chosen-channel?lastEventId=chosen-channel:99"))) {
      client.expectOpen();
      back.expectOpen().expectEvents(List.of("1", "2"));
      lost.expectOpen().expectReset();
      publish("{\"channel\":\"chosen-channel\",\"data\":4}");
      for (StreamClient each : List.of(client, back, lost)) {
        each.expectEvent("4");
      }
      try (StreamClient bad = StreamClient.open(uri("/events/a?lastEventId=nonsense"))) {
        bad.expectError("bad-request");
      }
      try (StreamClient forged = StreamClient.open(uri("/events/a"), Map.of("Grip-Sig", "x.y.z"))) {
        forged.expectOpen();
      }

      expect("gripstream_streams", 3);
      expect("gripstream_events_total{kind=\"stored\"}", 3);
      expect("gripstream_events_total{kind=\"unstored\"}", 1);
      expect("gripstream_deliveries_total", 3);
      expect("gripstream_streams_opened_total{mode=\"direct\",resumed=\"false\"}", 2);
      expect("gripstream_streams_opened_total{mode=\"direct\",resumed=\"true\"}", 2);
      expect("gripstream_replayed_events_total", 2);
      expect("gripstream_resets_total", 1);
      expect("gripstream_refused_signatures", 1);
      expect("gripstream_store_append_seconds_count", 3);
      expect("gripstream_publish_items_total{proxy=\"" + proxyName + "\",result=\"ok\"}", 4);
      expect("gripstream_publish_lag_seconds_count{proxy=\"" + proxyName + "\"}", 3);
      expect("gripstream_publish_queue_items{proxy=\"" + proxyName + "\"}", 0);
      expect("gripstream_proxy_up{proxy=\"" + proxyName + "\"}", 1);
      expect("gripstream_proxy_up{proxy=\"" + deadName + "\"}", 0);
    }
    assertThat(scrape())
        .contains("gripstream_publish_seconds_bucket{proxy=\"" + proxyName)
        .contains("gripstream_streams_refused_total ")
        .contains("gripstream_events_failed_total ")
        .contains("gripstream_follow_ups_total ");
  }

  @Test
  void no_label_has_a_value_that_a_client_can_choose() {
    events_and_streams_are_counted();
    Set<String> names = new TreeSet<>();
    Set<String> values = new TreeSet<>();
    for (String line : scrape().lines().filter(line -> !line.startsWith("#")).toList()) {
      for (Matcher label = LABEL.matcher(line); label.find(); ) {
        if (!label.group(1).equals("le")) {
          names.add(label.group(1));
          values.add(label.group(2));
        }
      }
    }

    assertThat(names).containsExactly("kind", "mode", "proxy", "result", "resumed");
    Set<String> ours = new TreeSet<>(List.of(
        "stored",
        "unstored",
        "direct",
        "proxied",
        "true",
        "false",
        "ok",
        "retried",
        proxyName,
        deadName));
    for (PublishException.Kind kind : PublishException.Kind.values()) {
      ours.add(kind.name().toLowerCase(Locale.ROOT));
    }
    assertThat(values).isSubsetOf(ours);
    assertThat(scrape()).doesNotContain("chosen");
  }

  @Test
  void every_metric_is_in_the_docs() throws IOException {
    events_and_streams_are_counted();
    String documented = Files.readString(Path.of("../docs/configuration.md"));

    assertThat(scrape().lines().filter(line -> line.startsWith("# TYPE ")))
        .hasSizeGreaterThan(15)
        .allMatch(line -> documented.contains("`" + line.split(" ")[2] + "`"));
  }

  private void expect(String series, long value) {
    Eventually.eventually(() -> assertThat(scrape().lines())
        .anyMatch(
            line -> line.equals(series + " " + value) || line.equals(series + " " + value + ".0")));
  }

  private void publish(String event) {
    assertThat(server.post("/api/publish", event).status()).isEqualTo(200);
  }

  private String scrape() {
    return server.get("/metrics").body();
  }

  private URI uri(String path) {
    return URI.create(server.url() + path);
  }
}
