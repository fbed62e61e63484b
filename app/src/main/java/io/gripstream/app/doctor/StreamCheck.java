package io.gripstream.app.doctor;

import io.gripstream.app.config.Printable;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.gripstream.app.server.RequestTrace;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.Sent;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.publish.Publisher;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Checks whether a stream works through an address, and if not, which part is at fault. */
final class StreamCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration SKEW = Duration.ofSeconds(10);

  /** Browsers may know an authority that Java does not know. */
  static final String CERTIFICATE =
      "let it send the whole chain of certificates; add your own authority with keytool -importcert"
          + " -cacerts -file FILE";

  private static final String CHANNEL = "gripstream/doctor-";

  private final Settings settings;
  private final HttpUrl url;
  private final StreamRequests requests;
  private final @Nullable String origin;
  private final ServerView server;
  private final String channel = CHANNEL + Long.toHexString(System.nanoTime());
  private final Consumer<Finding> findings;

  /**
   * @param url address of the server for clients
   * @param token opens the stream; null: use an API key of the settings, or no credential if none
   *     is needed
   * @param origin of pages that read streams; null: not checked
   * @param findings receives each finding
   */
  StreamCheck(
      Settings settings,
      HttpUrl url,
      @Nullable Secret token,
      @Nullable String origin,
      Consumer<Finding> findings) {
    this.settings = settings;
    this.url = url;
    this.origin = origin;
    this.findings = findings;
    this.server = new ServerView(settings);
    this.requests = new StreamRequests(url, token, server.apiKey(), origin);
  }

  /** @param events sends the test event; null: the storage is broken, so none can be sent */
  void check(@Nullable EventStream events) throws InterruptedException {
    boolean isUp = server.readiness().isPresent();
    findings.accept(
        isUp
            ? Finding.ok("server", "answers at " + server.base())
            : Finding.note(
                "server",
                "does not answer at " + server.base()
                    + ": if it should run on this machine, start it:" + " gripstream serve"));
    SignatureCheck signature = new SignatureCheck(server, channel, this::isPushpin, findings);
    try (Probe probe =
        Probe.open(requests.of(List.of(channel)).header(RequestTrace.ASK, "1"), PATIENCE)) {
      if (!opens(probe, isUp)) {
        return;
      }
      if (!settings.grip().proxies().isEmpty()) {
        signature.check();
      }
      if (events == null || !roundTrip(probe, events)) {
        return;
      }
    }
    proxy(events);
  }

  private void proxy(EventStream events) throws InterruptedException {
    List<GripProxy> proxies =
        settings.grip().proxies().stream().map(Settings.Proxy::grip).toList();
    if (proxies.isEmpty() || !isPushpin()) {
      return;
    }
    try (Publisher publisher = Publisher.create(proxies)) {
      new ProxyCheck(
              requests, publisher, events, channel, settings.streams().maxChannels(), findings)
          .check();
    }
  }

  private boolean opens(Probe probe, boolean isUp) throws InterruptedException {
    Probe.Head head = probe.head(PATIENCE);
    if (head == null) {
      String failure = probe.failure();
      if (probe.isUntrusted()) {
        findings.accept(Finding.fail(
            "stream", url + " answers, and Java does not trust its certificate", CERTIFICATE));
        return false;
      }
      findings.accept(
          failure == null && isUp
              ? buffered("no head of an answer came within 5 s", InBetween.ask(requests, channel))
              : Finding.fail(
                  "stream",
                  "nothing answers at " + url
                      + (failure == null ? " within 5 s" : ": " + Printable.of(failure)),
                  "is the proxy running, and is this its address? (http_port in pushpin.conf, 7999)"));
      return false;
    }
    if (!head.isStream()) {
      findings.accept(notStream(head));
      return false;
    }
    if (head.isCompressed()) {
      findings.accept(
          Finding.fail(
              "buffering",
              "the stream arrives compressed (" + head.headers().get("Content-Encoding")
                  + "), which holds back small events",
              "switch compression off for text/event-stream in the proxy in between (nginx: gzip off;)"));
      return false;
    }
    if (!probe.await("stream-open", PATIENCE)) {
      findings.accept(buffered(
          "the stream's head came, but no event within 5 s", InBetween.of(head.headers())));
      return false;
    }
    findings.accept(Finding.ok("stream", "opens at " + url));
    findings.accept(Finding.ok("buffering", "none, and no compression"));
    clock(head);
    cors(head);
    return true;
  }

  private static Finding buffered(String seen, InBetween between) {
    return Finding.fail(
        "buffering",
        seen + ", although the server answers by itself: something in between holds events back",
        "switch buffering off there (" + between.advice() + ")");
  }

  private Finding notStream(Probe.Head head) {
    String type = head.headers().get("Content-Type");
    String seen =
        url + " answers " + head.status() + (type == null ? "" : " " + Printable.of(type));
    return switch (head.status()) {
      case 401, 403 ->
        Finding.fail(
            "stream",
            seen,
            "a token is needed: GRIPSTREAM_TOKEN or --token-file; make one with"
                + " gripstream gentoken");
      case 429 ->
        Finding.fail(
            "stream",
            seen,
            "too many streams of this user or address: max_streams_per_user,"
                + " max_streams_per_address");
      case 502, 503, 504 ->
        Finding.fail(
            "stream",
            seen,
            "the proxy is there but does not reach the server: its routes must lead to "
                + server.base().host() + ":" + server.base().port() + ", see gripstream routes");
      default ->
        Finding.fail(
            "stream",
            seen,
            "that is not the server: the route for /events leads elsewhere, see"
                + " gripstream routes");
    };
  }

  /** Pushpin itself answers a request with this header. */
  private boolean isPushpin() {
    OkHttpClient client = new OkHttpClient.Builder().callTimeout(PATIENCE).build();
    Request request = new Request.Builder()
        .url(url.newBuilder().addPathSegment("events").build())
        .header("Pushpin-Check", "1")
        .build();
    try (Response response = client.newCall(request).execute()) {
      String type = response.header("Content-Type", "");
      return response.code() == 200 && !String.valueOf(type).startsWith("text/event-stream");
    } catch (IOException e) {
      return false;
    }
  }

  private void clock(Probe.Head head) {
    Date date = head.headers().getDate("Date");
    if (date == null) {
      return;
    }
    Duration difference = Duration.between(date.toInstant(), head.at()).abs();
    findings.accept(
        difference.compareTo(SKEW) > 0
            ? Finding.fail(
                "clock",
                "what answers at " + url + " is " + difference.toSeconds()
                    + " s apart from this machine",
                "synchronise the clocks (timedatectl, chrony): tokens and signatures expire by them")
            : Finding.ok("clock", "agrees with this machine's"));
  }

  private void cors(Probe.Head head) {
    if (origin == null) {
      return;
    }
    String allowed = head.headers().get("Access-Control-Allow-Origin");
    findings.accept(
        "*".equals(allowed) || origin.equals(allowed)
            ? Finding.ok("CORS", "pages of " + origin + " may read")
            : Finding.fail(
                "CORS",
                "pages of " + Printable.of(origin) + " may not read streams",
                "add it to cors.allow_origins (GRIPSTREAM_CORS_ALLOW_ORIGINS)"));
  }

  private Finding notReceived(Probe probe, Sent sent) throws InterruptedException {
    Probe.Head head = probe.head(Duration.ZERO);
    ChangedPath path = Optional.ofNullable(head)
        .flatMap(one -> RequestTrace.read(one.headers().get(RequestTrace.header())))
        .map(seen -> ChangedPath.of(requests, seen))
        .orElse(null);
    return path != null && path.isChanged()
        ? path.silent()
        : Finding.fail(
            "event",
            "published" + (sent.position().isEmpty() ? "" : " and stored")
                + " here, and not received through " + url + " within 5 s",
            "do server and this command use the same storage and proxies? Compare gripstream checkconfig on both");
  }

  private boolean roundTrip(Probe probe, EventStream events) throws InterruptedException {
    String text = Long.toHexString(System.nanoTime());
    Instant sentAt = Instant.now();
    try {
      Sent sent = events.send(channel, "doctor", text);
      if (!probe.await("doctor " + text, PATIENCE)) {
        findings.accept(notReceived(probe, sent));
        return false;
      }
      findings.accept(Finding.ok(
          "event",
          "published here and received through " + url + " after "
              + Duration.between(sentAt, Instant.now()).toMillis() + " ms"));
      return true;
    } catch (StoreException e) {
      findings.accept(
          Finding.fail("event", "cannot be stored: " + e.getMessage(), "see storage above"));
      return false;
    }
  }
}
