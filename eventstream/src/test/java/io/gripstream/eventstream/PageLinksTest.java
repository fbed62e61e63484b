package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.testkit.TestClock;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A link to the next page says by itself where to read on; so it has an end. */
class PageLinksTest {
  private static final Pattern LINK = Pattern.compile("<\\./([^>]*)>; rel=next");

  private final TestClock clock = TestClock.now();
  private final HttpClient http = HttpClient.newHttpClient();
  private final EventStream events = EventStream.create(
      config -> config.store(EventStores.memory()).proxy("http://127.0.0.1:1/").clock(clock));
  private Javalin server;

  @BeforeEach
  void start() {
    events.start();
    server = Javalin.create(config -> config.registerPlugin(
            new EventStreamPlugin(events, routes -> routes.pathParam("/events/{channel}"))))
        .start(0);
    events.send("a", "message", "x".repeat(60_000));
    events.send("a", "message", "y".repeat(60_000));
  }

  @AfterEach
  void stop() {
    server.stop();
    events.close();
  }

  @Test
  void page_is_read_for_an_hour_and_for_two_at_most() throws Exception {
    HttpResponse<String> first = get("/events/a", "Last-Event-ID", "earliest");
    Matcher link = LINK.matcher(first.headers().firstValue("Grip-Link").orElseThrow());
    assertThat(link.find()).isTrue();
    String page = "/events/" + link.group(1);
    assertThat(get("/events/a", "Last-Event-ID", "earliest").headers().map().get("grip-link"))
        .as("equal streams share one")
        .isEqualTo(first.headers().map().get("grip-link"));

    assertThat(get(page, "X", "x").body()).contains("yyy");
    clock.advance(Duration.ofMinutes(59));
    assertThat(get(page, "X", "x").body()).contains("yyy");
    clock.advance(Duration.ofMinutes(62));
    HttpResponse<String> late = get(page, "X", "x");
    assertThat(late.statusCode()).isEqualTo(200);
    assertThat(late.body()).isEmpty();
    assertThat(late.headers().map()).doesNotContainKey("grip-hold");
  }

  /** A proxy takes the body of a cut answer for a whole one, and its events for sent. */
  @Test
  void long_answer_is_written_at_once_with_its_head() throws Exception {
    HttpResponse<String> page = get("/events/a", "Last-Event-ID", "earliest");

    assertThat(page.headers().firstValueAsLong("Content-Length"))
        .hasValue(page.body().getBytes(StandardCharsets.UTF_8).length);
  }

  /** It says by itself where to read on, so its signature alone keeps others from writing one. */
  @Test
  void changed_link_reads_nothing() throws Exception {
    HttpResponse<String> first = get("/events/a", "Last-Event-ID", "earliest");
    Matcher link = LINK.matcher(first.headers().firstValue("Grip-Link").orElseThrow());
    assertThat(link.find()).isTrue();
    String page = "/events/" + link.group(1);
    int from = page.lastIndexOf('/') + 1;
    int dot = page.lastIndexOf('.');
    String fields = new String(
        Base64.getUrlDecoder().decode(page.substring(from, dot)), StandardCharsets.UTF_8);
    assertThat(fields).contains("[\"a\"]");
    String forged = Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(fields.replace("[\"a\"]", "[\"b\"]").getBytes(StandardCharsets.UTF_8));

    HttpResponse<String> answer =
        get(page.substring(0, from) + forged + page.substring(dot), "X", "x");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().map()).doesNotContainKey("grip-hold");
  }

  /** As a proxy does: from this machine, as it has no key. */
  private HttpResponse<String> get(String path, String name, String value)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header("Grip-Sig", "x")
            .header(name, value)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
