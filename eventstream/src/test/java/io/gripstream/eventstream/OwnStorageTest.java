package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.Change;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.GripProxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A storage of an application's own, with nothing but what {@link EventStore} has no default for.
 */
class OwnStorageTest {
  /** Lists in memory, without keys, retention or bounds. */
  private static final class ListStore implements EventStore {
    private final Map<String, List<Event>> channels = new HashMap<>();
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();

    @Override
    public void start() {}

    @Override
    public String epoch() {
      return "lists";
    }

    @Override
    public synchronized CompletableFuture<Appended> append(Draft draft) {
      List<Event> events = new ArrayList<>();
      for (String channel : draft.channels()) {
        List<Event> log = channels.computeIfAbsent(channel, name -> new ArrayList<>());
        events.add(new Event(
            channel,
            log.size() + 1,
            draft.type(),
            draft.data(),
            draft.skippedUsers(),
            Instant.now()));
        log.add(events.get(events.size() - 1));
      }
      listeners.forEach(listener -> listener.accept(new Change.Appended(events)));
      return CompletableFuture.completedFuture(new Appended(events, false));
    }

    @Override
    public synchronized Page read(String channel, long after, long upTo, PageLimit limit) {
      List<Event> events = channels.getOrDefault(channel, List.of()).stream()
          .filter(event -> event.id() > after && event.id() <= upTo)
          .limit(limit.events())
          .toList();
      return new Page(events, head(channel));
    }

    @Override
    public synchronized Map<String, Head> heads(Collection<String> names) {
      Map<String, Head> heads = new HashMap<>();
      names.forEach(name -> heads.put(name, head(name)));
      return heads;
    }

    private Head head(String channel) {
      return new Head(channels.getOrDefault(channel, List.of()).size(), 0);
    }

    @Override
    public Registration onChange(Consumer<Change> listener) {
      listeners.add(listener);
      return () -> listeners.remove(listener);
    }

    @Override
    public StoreHealth check() {
      return StoreHealth.OK;
    }

    @Override
    public void close() {}
  }

  @Test
  void storage_without_a_ledger_serves_direct_streams_that_resume() {
    try (StreamServer server = StreamServer.start(config -> config.store(new ListStore()))) {
      String seen;
      try (StreamClient client = server.open("/events/a")) {
        client.expectOpen();
        server.events().send("a", "message", "one");
        seen = client.expectEvent("one").id();
      }
      server.events().send("a", "message", "two");
      try (StreamClient back = server.resume("/events/a", seen)) {
        back.expectOpen().expectEvent("two");
      }
    }
  }

  @Test
  void storage_without_a_ledger_is_refused_if_proxies_are_configured() {
    try (EventStream events = EventStream.create(config -> config
        .store(new ListStore())
        .proxy(GripProxy.parse("http://127.0.0.1:1?key=12345678901234567890123456789012")))) {
      assertThatThrownBy(events::start)
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("use it without proxies");
    }
  }
}
