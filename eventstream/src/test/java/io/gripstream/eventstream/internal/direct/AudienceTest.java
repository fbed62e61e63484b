package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.door.Sink;
import io.gripstream.eventstream.internal.feed.ChannelSet;
import io.gripstream.eventstream.internal.feed.History;
import io.gripstream.eventstream.internal.feed.Live;
import io.gripstream.eventstream.internal.feed.Start;
import io.gripstream.eventstream.internal.feed.StreamStart;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.sse.ResumePoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In which order the streams of a large log are written to, seen from what they write to. */
class AudienceTest {
  private static final int STREAMS = 1_100;
  private static final Subscription CROWD =
      new Subscription(null, List.of(), List.of("crowd"), false, null);

  private final Live live = new Live(null);
  private final History history = new History(null);
  private final ChannelLogs logs = new ChannelLogs(live);
  private final AtomicLong nanos = new AtomicLong();
  private final DirectSettings settings = new DirectSettings(
      DirectOptions.DEFAULT,
      Duration.ofSeconds(20),
      Clock.systemUTC(),
      RandomGenerator.getDefault(),
      nanos::get);
  private final Replays replays = new Replays(history, settings);
  private final Loop loop = new Loop(0, nanos::get);
  private final LoopStreams streams = new LoopStreams(loop, settings, logs, replays);

  /** All writes, in their order: the data of the events in each. */
  private final ConcurrentLinkedQueue<String> writes = new ConcurrentLinkedQueue<>();

  /** How many bytes a socket takes at once. */
  private volatile int takesAtMost = Integer.MAX_VALUE;

  /** Runs during the next write. */
  private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});

  @AfterEach
  void stop() {
    loop.close();
    replays.close();
    live.close();
  }

  @Test
  void event_during_a_round_goes_to_the_streams_not_served_yet() {
    ChannelLog log = open(STREAMS);

    meanwhile.set(() -> sendInto(log, "second"));
    send("first");
    BareServer.await("all have both", () -> delivered().size() >= 2 * STREAMS);

    List<String> turns = new ArrayList<>();
    for (String write : writes) {
      if (turns.isEmpty() || !turns.get(turns.size() - 1).equals(write)) {
        turns.add(write);
      }
    }
    assertThat(turns).containsExactly("first", "first second", "second");
    assertThat(writes).filteredOn("first"::equals).hasSize(512);
    assertThat(writes).filteredOn("second"::equals).hasSize(512);
    assertThat(writes).hasSize(STREAMS + 512);
  }

  @Test
  void event_that_comes_during_keep_alives_waits_for_one_turn_of_them() {
    ChannelLog log = open(STREAMS);

    nanos.addAndGet(settings.keepAlive().toNanos());
    meanwhile.set(() -> sendInto(log, "in between"));
    loop.execute(streams::check);
    BareServer.await("all have it", () -> delivered().size() >= STREAMS);

    List<String> all = List.copyOf(writes);
    long keepAlives = all.stream().filter(String::isEmpty).count();
    // The others have the event instead.
    assertThat(keepAlives).isEqualTo(512);
    assertThat(all.indexOf("in between")).isEqualTo(512);
  }

  @Test
  void an_event_accepted_in_parts_is_counted_once() {
    ChannelLog log = open(1);
    long before = streams.delivered();

    loop.execute(() -> {
      takesAtMost = 300;
      for (int i = 0; i < 10; i++) {
        sendInto(log, i + "x".repeat(100));
      }
    });
    BareServer.await("it has all", () -> writes.stream().anyMatch(one -> one.contains("9x")));
    settle();

    assertThat(streams.delivered() - before).isEqualTo(10);
  }

  @Test
  void stream_that_is_about_to_join_the_others_gets_no_keep_alive_before() {
    ChannelLog log = open(1);
    Start start = history.locate(CROWD, ResumePoint.parse(null));

    loop.execute(() -> {
      Stream late = stream(start);
      late.begin(ByteBuffer.wrap(bytes(":open\n\n")));
      nanos.addAndGet(settings.keepAlive().toNanos());
      writes.clear();
      late.check(loop.now(), 0);
    });
    settle();
    assertThat(writes).isEmpty();

    sendInto(log, "for both");
    BareServer.await("both have it", () -> writes.size() == 2);
    assertThat(writes).containsExactly("for both", "for both");
  }

  /** Opens this number of streams, and waits until they stand together. */
  private ChannelLog open(int count) {
    live.start();
    Start start = history.locate(CROWD, ResumePoint.parse(null));
    for (int i = 0; i < count; i++) {
      loop.execute(() -> stream(start).begin(ByteBuffer.wrap(bytes(":open\n\n"))));
    }
    BareServer.await("all are open", () -> writes.size() == count);
    ChannelLog log = logs.enter(ChannelSet.of(CROWD), start.head());
    settle();
    writes.clear();
    return log;
  }

  private void sendInto(ChannelLog log, String data) {
    LogNode before = log.tail();
    send(data);
    BareServer.await("the event is in the log", () -> log.tail() != before);
  }

  /** Waits until the loop has done what it was asked to do, and what that led to. */
  private void settle() {
    for (int i = 0; i < 3; i++) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      loop.execute(() -> done.complete(null));
      done.orTimeout(10, TimeUnit.SECONDS).join();
    }
  }

  private void send(String data) {
    live.offer(new Event("crowd", Event.NO_ID, "message", data, Set.of(), Instant.EPOCH));
  }

  private List<String> delivered() {
    return writes.stream().flatMap(write -> List.of(write.split(" ")).stream()).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Stream stream(Start start) {
    ChannelLog log = logs.enter(ChannelSet.of(CROWD), start.head());
    return new Stream(
        streams.bench(),
        new Outlet(loop, new Recorder()),
        why -> {},
        StreamStart.of(CROWD, start),
        streams.audience(log));
  }

  /** A socket that takes everything and writes it down. */
  private final class Recorder implements Sink {
    @Override
    public boolean isChunked() {
      return true;
    }

    @Override
    public boolean canTry() {
      return true;
    }

    @Override
    public void tryWrite(ByteBuffer bytes) {
      int taken = Math.min(bytes.remaining(), takesAtMost);
      record(StandardCharsets.UTF_8.decode(bytes.slice(bytes.position(), taken)).toString());
      bytes.position(bytes.position() + taken);
    }

    private void record(String text) {
      List<String> data = text.lines()
          .filter(line -> line.startsWith("data: "))
          .map(line -> line.substring("data: ".length()))
          .toList();
      writes.add(String.join(" ", data));
      meanwhile.getAndSet(() -> {}).run();
    }

    /** The rest is accepted a little later. */
    @Override
    public void write(ByteBuffer bytes, Done done) {
      takesAtMost = Integer.MAX_VALUE;
      loop.execute(() -> {
        record(StandardCharsets.UTF_8.decode(bytes).toString());
        done.succeeded();
      });
    }

    @Override
    public void end() {
      throw new IllegalStateException("nothing ends here");
    }

    @Override
    public void abort() {
      throw new IllegalStateException("nothing is cut here");
    }
  }
}
