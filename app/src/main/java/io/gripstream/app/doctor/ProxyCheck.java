package io.gripstream.app.doctor;

import io.gripstream.app.config.Printable;
import io.gripstream.app.server.RequestTrace;
import io.gripstream.eventstream.EventStream;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.publish.Publisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which Pushpin holds the streams, and whether its settings are right. Pushpin does not
 * report them. So it publishes items past the server, with its own ids on its own channels, and
 * watches their effect. An id that the server does not know makes it answer the proxy's next
 * follow-up with {@code stream-reset}, which shows the follow-up here.
 *
 * <p>Takes about 15 s. Other streams do not notice.
 */
final class ProxyCheck {
  private static final String SETTINGS = "proxy settings";
  private static final String RAW = "doctor-raw";
  private static final String RESET = "stream-reset";

  /** An address for documentation (RFC 5737), which is never used. */
  private static final String MADE_UP = "192.0.2.77";

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** A follow-up waits for up to 1 s after the first subscription, and then for its turn. */
  private static final Duration FIRST_FOLLOW_UP = Duration.ofMillis(2_500);

  /** Maximum time for the answer to an immediate question. */
  private static final Duration SOON = Duration.ofMillis(1_500);

  /** {@code message_wait} is 10 s as shipped; Pushpin looks each second. */
  private static final Duration LEAST_WAIT = Duration.ofMillis(9_500);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  private static final int BURST_STREAMS = 8;
  private static final int BURST_ITEMS = 250;

  /** Time for this number of deliveries at 2,500 a second, Pushpin's default. */
  private static final Duration LIMITED = Duration.ofMillis(700);

  private static final int TRIES = 3;

  /** Bytes of a position, of 2,000; the longest name may count twice. */
  private static final int LONG_NAMES = 1_880;

  private final StreamRequests requests;
  private final Publisher publisher;
  private final EventStream events;
  private final String channel;
  private final int maxChannels;
  private final Consumer<Finding> findings;
  private @Nullable Held quiet;
  private boolean isDisturbed;

  /**
   * @param publisher to all proxies: it is unknown which one holds a stream
   * @param channel beginning of the names of its channels, used by no other program
   * @param maxChannels maximum that one stream may ask for
   */
  ProxyCheck(
      StreamRequests requests,
      Publisher publisher,
      EventStream events,
      String channel,
      int maxChannels,
      Consumer<Finding> findings) {
    this.requests = requests;
    this.publisher = publisher;
    this.events = events;
    this.channel = channel;
    this.maxChannels = maxChannels;
    this.findings = findings;
  }

  void check() throws InterruptedException {
    try (Held waiting = hold(channel + "-wait");
        Held control = hold(channel + "-control")) {
      if (waiting == null) {
        return;
      }
      if (waiting.seen == null) {
        findings.accept(Finding.note(
            SETTINGS,
            "cannot be looked at: the server tells how requests reach it to its administrators only, so"
                + " give an API key or a token with all rights, over https or from this machine"));
        return;
      }
      addresses(waiting.seen);
      boolean knowsGone = waiting.seen.features().contains("link:gone");
      if (!waiting.isReliable()) {
        version(knowsGone, null);
        return;
      }
      Boolean askedAtFirst = settle(waiting);
      if (askedAtFirst == null) {
        findings.accept(Finding.fail(
            SETTINGS,
            "an item for channel " + Printable.of(waiting.name()) + " does not arrive",
            "take prefix= out of the route in Pushpin's file of routes"));
        return;
      }
      if (askedAtFirst) {
        // Back at 0, which the server knows: a follow-up shows only from another id.
        raw(waiting.name(), 2, 0, true);
        waiting.probe.await(RAW, PATIENCE);
      }
      Boolean askedHere = control == null ? null : settle(control);
      if (control != null && askedHere != null) {
        // Nothing is missing on it: if it asks, that is not because of a setting.
        raw(control.name(), 2, askedHere ? 0 : 1, true);
        control.probe.await(RAW, PATIENCE);
        quiet = control;
      }
      long parked = System.nanoTime();
      raw(waiting.name(), 1_000, 999, false);
      version(knowsGone, channels());
      if (knowsGone && askedAtFirst) {
        findings.accept(Finding.advice(
            SETTINGS,
            "a second after a channel's first subscriber came, all its streams ask again: many new"
                + " channels hold up everybody's events",
            "update_on_first_subscription=false in [handler] of pushpin.conf"));
      }
      try (Held ids = hold(channel + "-ids")) {
        boolean remembers = ids != null && remembers(ids);
        long since = System.nanoTime();
        burst();
        longNames();
        followUps();
        waited(waiting, parked);
        if (ids != null && remembers) {
          remembersStill(ids, since);
        }
      }
    }
  }

  /** Returns whether an item with a known id is dropped. */
  private boolean remembers(Held held) throws InterruptedException {
    Boolean askedAtFirst = settle(held);
    if (askedAtFirst == null) {
      return false;
    }
    int at = askedAtFirst ? 0 : 1;
    raw(held.name(), 5, at, true);
    held.probe.await(RAW, PATIENCE);
    raw(held.name(), 5, at, true);
    boolean remembers = !held.probe.await(RESET, SOON);
    if (!remembers) {
      blame(forgets("at once"));
    }
    return remembers;
  }

  /** Tells a finding that rests on a stream's having asked, unless all streams were made to ask. */
  private void blame(Finding finding) throws InterruptedException {
    if (!isDisturbed && quiet != null && quiet.probe.await(RESET, SOON)) {
      isDisturbed = true;
      findings.accept(
          Finding.note(
              SETTINGS,
              "some cannot be looked at now: the server makes all streams ask again, as it does after it"
                  + " got other keys or another storage, or the proxy was away; run this again in a minute"));
    }
    if (!isDisturbed) {
      findings.accept(finding);
    }
  }

  private void remembersStill(Held held, long since) throws InterruptedException {
    raw(held.name(), 5, 4, true);
    String after = seconds(Duration.ofNanos(System.nanoTime() - since));
    if (held.probe.await(RESET, SOON)) {
      blame(forgets("after " + after));
    } else {
      findings.accept(Finding.ok(SETTINGS, "ids are remembered, for " + after + " at least"));
    }
  }

  private void waited(Held held, long parked) throws InterruptedException {
    Duration left = LONGEST_WAIT.minusNanos(System.nanoTime() - parked);
    Probe.News reset = held.probe.next(RESET, left);
    Duration waited = reset == null ? LONGEST_WAIT : Duration.ofNanos(reset.at() - parked);
    if (waited.compareTo(LEAST_WAIT) < 0) {
      blame(Finding.fail(
          SETTINGS,
          "an item waits only " + seconds(waited)
              + " for the one before it, so that a publish that has to be repeated makes all streams ask"
              + " again",
          "message_wait=10000 in [handler] of pushpin.conf"));
    } else {
      findings.accept(Finding.ok(SETTINGS, "an item waits for the one before it"));
    }
  }

  private static Finding forgets(String when) {
    return Finding.fail(
        SETTINGS,
        "the proxy forgets the ids of items " + when
            + ", so that a repeated one makes all streams ask again",
        "id_cache_ttl=60 in [handler] of pushpin.conf");
  }

  private void version(boolean knowsGone, @Nullable Boolean isBefore) {
    String place = isBefore == null
        ? ""
        : ", and names a stream's position as it is " + (isBefore ? "before" : "after")
            + " an event";
    findings.accept(Finding.ok(
        "proxy version",
        (knowsGone ? "knows what Pushpin 1.41 knows" : "older than Pushpin 1.41") + place));
  }

  private void addresses(RequestTrace seen) {
    if (seen.forwardedFor().contains(MADE_UP)) {
      findings.accept(Finding.advice(
          SETTINGS,
          "an address that a client makes up reaches the server in X-Forwarded-For",
          "x_forwarded_for=truncate:0,append in [proxy] of pushpin.conf"));
    } else if (seen.forwardedFor().isEmpty()) {
      findings.accept(Finding.advice(
          SETTINGS,
          "the server does not learn the addresses of clients",
          "x_forwarded_for=truncate:0,append in [proxy] of pushpin.conf"));
    } else {
      findings.accept(Finding.ok(SETTINGS, "the server learns the addresses of clients"));
    }
  }

  /**
   * Publishes an item with an id unknown to the server, and waits for a follow-up with no other
   * cause.
   *
   * @return whether one came; null: not even the item arrived
   */
  private @Nullable Boolean settle(Held held) throws InterruptedException {
    // Not immediately: so the proxy learns the id after which it waits for others.
    raw(held.name(), 1, 0, false);
    if (!held.probe.await(RAW, PATIENCE)) {
      return null;
    }
    return held.probe.await(RESET, FIRST_FOLLOW_UP);
  }

  /** Returns whether the proxy fills in the position before an event; null: unknown. */
  private @Nullable Boolean channels() throws InterruptedException {
    List<String> missing = List.of();
    for (int attempt = 0; attempt < TRIES; attempt++) {
      String base = channel + "-" + attempt + "-";
      try (Held held =
          hold(IntStream.range(0, maxChannels).mapToObj(i -> base + i).toArray(String[]::new))) {
        if (held == null || held.seen == null || held.names().isEmpty()) {
          return null;
        }
        List<String> names = held.names();
        for (int i = 0; i < names.size(); i++) {
          publish(Item.builder(names.get(i)).id("7").prevId("0").noSeq().stream(
                  "event: " + RAW + "\ndata: " + i + ".\n\n")
              .build());
        }
        missing = new ArrayList<>(names);
        for (Probe.News news = held.probe.next(RAW, PATIENCE);
            news != null;
            news = missing.isEmpty() ? null : held.probe.next(RAW, SOON)) {
          String number = news.text().substring(RAW.length() + 1);
          missing.remove(names.get(Integer.parseInt(number.replace(".", ""))));
        }
        if (missing.isEmpty()) {
          findings.accept(
              Finding.ok(SETTINGS, "a stream can have all " + maxChannels + " channels"));
          return isBefore(held);
        }
      }
    }
    findings.accept(Finding.fail(
        SETTINGS,
        "a stream of " + maxChannels + " channels (max_channels) does not get what is published on "
            + missing.size() + " of them",
        "connection_subscription_max=" + (maxChannels + 10) + " in [handler] of pushpin.conf"));
    return null;
  }

  private @Nullable Boolean isBefore(Held held) throws InterruptedException {
    publish(Item.builder(held.name()).id("8").prevId("7").noSeq().stream(
            "event: " + RAW + "\nid: %I\ndata: .\n\n")
        .build());
    Probe.News news = held.probe.next(RAW, PATIENCE);
    return news == null ? null : (Boolean) !news.id().matches(".*:8(,.*)?");
  }

  /** Deliveries at once: by default Pushpin drops those beyond 2,500 a second. */
  private void burst() throws InterruptedException {
    List<Held> streams = new ArrayList<>();
    try {
      for (int i = 0; i < BURST_STREAMS; i++) {
        Held held = hold(channel + "-burst");
        if (held == null) {
          return;
        }
        streams.add(held);
      }
      Boolean asked = settle(streams.get(0));
      if (asked == null) {
        return;
      }
      int at = asked ? 0 : 1;
      Duration least = LONGEST_WAIT;
      for (int attempt = 1; attempt <= TRIES && least.compareTo(LIMITED) >= 0; attempt++) {
        int first = attempt * 10_000;
        Duration took = burst(streams, first, at);
        if (took == null) {
          blame(limited("are dropped in part"));
          return;
        }
        least = took.compareTo(least) < 0 ? took : least;
        at = first + BURST_ITEMS - 1;
      }
      findings.accept(
          least.compareTo(LIMITED) >= 0
              ? limited("take " + seconds(least))
              : Finding.ok(SETTINGS, "a burst goes out at once"));
    } finally {
      streams.forEach(Held::close);
    }
  }

  private static Finding limited(String how) {
    return Finding.advice(
        SETTINGS,
        BURST_STREAMS * BURST_ITEMS + " deliveries at once " + how
            + ", as with Pushpin's own limit",
        "message_rate=0 and message_hwm=0 in [handler] of pushpin.conf");
  }

  /** Time from the first delivery to the last; null: some are missing. */
  private @Nullable Duration burst(List<Held> streams, int first, int at)
      throws InterruptedException {
    for (int i = 0; i < BURST_ITEMS; i++) {
      publish(Item.builder(streams.get(0).name())
          .id(Integer.toString(first + i))
          .prevId(Integer.toString(i == 0 ? at : first + i - 1))
          .noSeq()
          .stream("event: " + first + "." + i + "\n\n")
          .build());
    }
    long begin = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    for (Held held : streams) {
      Probe.News firstNews = held.probe.next(first + ".", PATIENCE);
      Probe.News lastNews = held.probe.next(first + "." + (BURST_ITEMS - 1) + " ", PATIENCE);
      if (firstNews == null || lastNews == null) {
        return null;
      }
      begin = Math.min(begin, firstNews.at());
      end = Math.max(end, lastNews.at());
    }
    return Duration.ofNanos(end - begin);
  }

  /** Pushpin 1.41 counts the instruct as part of the head of an answer. */
  private void longNames() throws InterruptedException {
    int length = Math.min(250, LONG_NAMES / (maxChannels + 1) - 6);
    List<String> names = IntStream.range(0, maxChannels)
        .mapToObj(i -> channel + "-" + i + "-")
        .map(name -> name + "x".repeat(Math.max(0, length - name.length())))
        .toList();
    try (Probe probe = Probe.open(requests.of(names), PATIENCE)) {
      Probe.Head head = probe.head(PATIENCE);
      if (head != null && head.status() == 502) {
        findings.accept(Finding.fail(
            SETTINGS,
            "a stream of " + maxChannels + " channels with long names is answered 502",
            "client_buffer_size=16384 in [runner] of pushpin.conf"));
      }
    }
  }

  /** A stream gets nothing after its first follow-up if the proxy requests the wrong path. */
  private void followUps() throws InterruptedException {
    String name = channel + "-next";
    try (Held held = hold(name)) {
      if (held == null || held.seen == null) {
        return;
      }
      events.send(name, "doctor", "one");
      held.probe.await("doctor one", PATIENCE);
      publish(Item.builder(held.name()).hint().build());
      // A follow-up that brings nothing cannot be seen.
      held.probe.await("", FIRST_FOLLOW_UP);
      events.send(name, "doctor", "two");
      boolean arrived = held.probe.await("doctor two", PATIENCE);
      String asked = requests.of(List.of()).build().url().encodedPath();
      boolean isChanged = !held.seen.path().equals(asked);
      String change =
          "the route changes the path: " + asked + " arrives as " + Printable.of(held.seen.path());
      if (arrived) {
        findings.accept(Finding.ok(
            "follow-ups",
            isChanged ? "arrive, although " + change : "arrive: a stream goes on after one"));
      } else if (isChanged) {
        findings.accept(Finding.fail(
            "follow-ups",
            change
                + ", and is changed once more when the proxy asks again: a stream is silent from then on",
            "take path_rem and replace_beg out of the route, and give the server that path (routes); or set"
                + " public_url to " + url()));
      } else {
        findings.accept(Finding.fail(
            "follow-ups",
            "when the proxy asks again for a stream, it does not reach the server: the stream is silent from"
                + " then on",
            "all paths below /events must lead to the server, see gripstream routes"));
      }
    }
  }

  private String url() {
    String text = requests.url().toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private void raw(String name, int id, int prevId, boolean atOnce) throws InterruptedException {
    Item.Builder item =
        Item.builder(name).id(Integer.toString(id)).prevId(Integer.toString(prevId)).stream(
            "event: " + RAW + "\ndata: " + id + "\n\n");
    publish(atOnce ? item.noSeq().build() : item.build());
  }

  private void publish(Item item) {
    publisher.publish(item);
  }

  private static String seconds(Duration duration) {
    return Math.floor(duration.toMillis() / 100.0) / 10 + " s";
  }

  /** Opens a stream of those channels; null: it did not open. */
  private @Nullable Held hold(String... channels) throws InterruptedException {
    Request.Builder request = requests
        .of(List.of(channels))
        .header(RequestTrace.ASK, "1")
        .header("X-Forwarded-For", MADE_UP);
    Probe probe = Probe.open(request, PATIENCE);
    Probe.Head head = probe.head(PATIENCE);
    if (head == null || !probe.await("stream-open", PATIENCE)) {
      probe.close();
      return null;
    }
    return new Held(
        probe, RequestTrace.read(head.headers().get(RequestTrace.header())).orElse(null));
  }

  /**
   * A stream, and how its request reached the server.
   *
   * @param seen null: the server does not report it
   */
  private record Held(Probe probe, @Nullable RequestTrace seen) implements AutoCloseable {
    /** The names of its channels at the proxy. */
    List<String> names() {
      return seen == null
          ? List.of()
          : seen.channels().stream()
              .flatMap(line -> List.of(line.split(",")).stream())
              .map(element -> element.split(";", 2)[0].strip())
              .filter(name -> !name.isEmpty())
              .toList();
    }

    String name() {
      return names().get(0);
    }

    boolean isReliable() {
      return seen != null && seen.channels().stream().anyMatch(line -> line.contains("prev-id="));
    }

    @Override
    public void close() {
      probe.close();
    }
  }
}
