package io.gripstream.grip.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One held connection. Its own thread does all the work; others only put events into its queue. */
final class FakeSession implements Subscriber {

  /** An event from outside the session. */
  private sealed interface Event {
    /** @param hold the number of the hold under which it arrived */
    record Published(FakeItem item, int hold) implements Event {}

    record Refresh() implements Event {}

    record End() implements Event {}
  }

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final FakeSessions sessions;
  private final FakeOrigin origin;
  private String target;
  private FakeInstruct instruct;

  /** Position by channel; the names are those of the hold. Read by other threads. */
  private volatile Map<String, String> channels = Map.of();

  /**
   * Counts holds: items that arrived before the current hold may already be in the origin's answer.
   */
  private final AtomicInteger holds = new AtomicInteger();

  FakeSession(FakeSessions sessions, FakeOrigin origin, String target, FakeInstruct instruct) {
    this.sessions = sessions;
    this.origin = origin;
    this.target = target;
    this.instruct = instruct;
    hold(instruct);
  }

  /** Whether an item arrived between the origin's first answer and the hold. */
  private volatile boolean wasBehind;

  private static final String NO_ID = "";

  private void hold(FakeInstruct next) {
    instruct = next;
    var held = new LinkedHashMap<String, String>();
    next.channels().forEach(c -> held.put(c.name(), c.prevId() == null ? NO_ID : c.prevId()));
    channels = held;
    holds.incrementAndGet();
    sessions.signal();
  }

  @Override
  public boolean holds(String channel) {
    return channels.containsKey(channel);
  }

  @Override
  public void added() {
    wasBehind = isBehind();
  }

  @Override
  public void offer(FakeItem item) {
    if (holds(item.channel())) {
      events.add(new Event.Published(item, holds.get()));
    }
  }

  @Override
  public void refresh() {
    events.add(new Event.Refresh());
  }

  @Override
  public void end() {
    events.add(new Event.End());
  }

  List<String> lastIds() {
    return channels.entrySet().stream()
        .filter(entry -> !entry.getValue().equals(NO_ID))
        .map(entry -> entry.getKey() + "; last-id=" + entry.getValue())
        .toList();
  }

  /**
   * Returns the item that answers a held response, or null at the timeout. Throws to have the
   * origin asked again.
   */
  @Nullable
  FakeItem awaitResponse() throws InterruptedException, AskAgain {
    if (wasBehind) {
      throw new AskAgain();
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(instruct.timeoutSeconds());
    while (true) {
      Event event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event == null || event instanceof Event.End) {
        return null;
      }
      if (!(event instanceof Event.Published published)) {
        throw new AskAgain();
      }
      JsonNode format = published.item().format("http-response");
      if (format == null) {
        continue;
      }
      if (format.path("action").stringValue("").equals("hint") || !follows(published.item())) {
        throw new AskAgain();
      }
      return published.item();
    }
  }

  /** The request of a held response must be repeated. */
  static final class AskAgain extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** Appends to the stream until it ends. */
  void stream(OutputStream out) throws IOException, InterruptedException {
    if (!write(out, instruct.answer(), instruct)) {
      return;
    }
    if ((instruct.hold().isEmpty() || wasBehind) && !follow(out)) {
      return;
    }
    while (true) {
      Event event = events.poll(waitMillis(), TimeUnit.MILLISECONDS);
      boolean open;
      if (event == null) {
        open = idle(out);
      } else if (event instanceof Event.Published published) {
        open = append(out, published);
      } else {
        open = event instanceof Event.Refresh && follow(out);
      }
      if (!open) {
        return;
      }
      out.flush();
    }
  }

  /**
   * Writes the answer's body through the filters of this instruct; returns whether that was
   * possible.
   */
  private static boolean write(OutputStream out, FakeInstruct.Answer answer, FakeInstruct filtering)
      throws IOException {
    byte[] body = FakeFilters.body(answer.body(), filtering);
    if (body == null) {
      return false;
    }
    out.write(body);
    out.flush();
    return true;
  }

  private long waitMillis() {
    long seconds = instruct.next() == null ? 3_600 : instruct.next().timeoutSeconds();
    if (instruct.keepAlive() != null) {
      seconds = Math.min(seconds, instruct.keepAlive().timeoutSeconds());
    }
    return TimeUnit.SECONDS.toMillis(seconds);
  }

  private boolean idle(OutputStream out) throws IOException {
    if (instruct.keepAlive() == null) {
      return follow(out);
    }
    out.write(instruct.keepAlive().content());
    return true;
  }

  private boolean append(OutputStream out, Event.Published published) throws IOException {
    FakeItem item = published.item();
    JsonNode format = item.format("http-stream");
    if (format == null) {
      return true;
    }
    if (format.path("action").stringValue("").equals("hint") && item.id() == null) {
      return follow(out);
    }
    Map<String, String> before = channels;
    if (!follows(item)) {
      return published.hold() < holds.get() || follow(out);
    }
    if (drops(item)) {
      return true;
    }
    if (format.path("action").stringValue("").equals("close")) {
      return false;
    }
    byte[] content = FakeFilters.content(
        item,
        format,
        subscription(item.channel()),
        instruct,
        origin.version().countsTheItemItself() ? channels : before);
    if (content == null) {
      return false;
    }
    out.write(content);
    return true;
  }

  private boolean drops(FakeItem item) {
    return FakeFilters.drops(
        item,
        subscription(item.channel()).filters(),
        instruct.meta(),
        List.copyOf(channels.keySet()));
  }

  private FakeInstruct.Subscription subscription(String channel) {
    return instruct.channels().stream()
        .filter(held -> held.name().equals(channel))
        .findFirst()
        .orElseThrow();
  }

  /** Compares prev-id if the channel has one, and advances to the item's id. */
  private boolean follows(FakeItem item) {
    String position = channels.get(item.channel());
    if (position == null) {
      return false;
    }
    if (position.equals(NO_ID)) {
      return true;
    }
    if (!position.equals(item.prevId())) {
      return false;
    }
    var moved = new LinkedHashMap<>(channels);
    moved.put(item.channel(), item.id() == null ? NO_ID : item.id());
    channels = moved;
    return true;
  }

  /** Returns whether an item arrived between the origin's answer and the hold. */
  private boolean isBehind() {
    return channels.entrySet().stream()
        .anyMatch(held ->
            !held.getValue().equals(NO_ID) && sessions.isBehind(held.getKey(), held.getValue()));
  }

  /** Asks the origin through the next link. Pages follow one another until one holds. */
  private boolean follow(OutputStream out) throws IOException {
    while (true) {
      FakeInstruct.Link link = instruct.next();
      if (link == null) {
        return !instruct.hold().isEmpty();
      }
      target = resolve(link.uri());
      FakeInstruct next;
      try {
        next = origin.ask("GET", target, List.of(), null, lastIds());
      } catch (IllegalArgumentException e) {
        return false;
      }
      if (next.answer().status() / 100 != 2) {
        return false;
      }
      if (!write(
          out, next.answer(), origin.version().filtersAnAnswerAsItSays() ? next : instruct)) {
        return false;
      }
      if (next.hold().equals("stream")) {
        hold(next);
        if (isBehind()) {
          continue;
        }
        return true;
      }
      if (next.next() == null) {
        return false;
      }
      // A page: the hold stays, the link is the new one.
      instruct = next;
    }
  }

  private String resolve(String link) {
    URI uri = URI.create("http://proxy" + target).resolve(link);
    return uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
  }
}
