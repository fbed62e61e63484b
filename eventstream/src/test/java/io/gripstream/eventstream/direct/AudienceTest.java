package io.gripstream.eventstream.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.feed.ChannelSet;
import io.gripstream.eventstream.feed.History;
import io.gripstream.eventstream.feed.Live;
import io.gripstream.eventstream.feed.Start;
import io.gripstream.eventstream.feed.Subscription;
import io.gripstream.eventstream.sse.ResumePoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In which order a large room is written to, seen from what its streams write to. */
class AudienceTest {
  private static final int STREAMS = 1_100;
  private static final Subscription CROWD =
      new Subscription(null, List.of(), List.of("crowd"), false, null);

  private final Live live = new Live(null);
  private final History history = new History(null);
  private final Rooms rooms = new Rooms(live);
  private final Replays replays = new Replays(history, DirectOptions.DEFAULT, System::nanoTime);
  private final Loop loop = new Loop(0, DirectOptions.DEFAULT, rooms, replays, System::nanoTime);
  private final Admission admission = new Admission(DirectOptions.DEFAULT);

  /** All writes, in their order: the data of the events in each. */
  private final ConcurrentLinkedQueue<String> writes = new ConcurrentLinkedQueue<>();

  /** To be done in the midst of the next write. */
  private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});

  @AfterEach
  void stop() {
    loop.close();
    replays.close();
    live.close();
  }

  @Test
  void event_that_comes_during_a_round_goes_to_those_who_are_still_to_be_served() {
    live.start();
    Start start = history.locate(CROWD, ResumePoint.parse(null));
    for (int i = 0; i < STREAMS; i++) {
      new Recorder().enter(entrance(start), ByteBuffer.wrap(bytes(":open\n\n")));
    }
    StreamServer.await("all are open", () -> writes.size() == STREAMS);
    Room room = rooms.enter(ChannelSet.of(CROWD), start.head());
    settle();
    writes.clear();

    meanwhile.set(() -> {
      Link before = room.tail();
      send("second");
      StreamServer.await("the second event is in the log", () -> room.tail() != before);
    });
    send("first");
    StreamServer.await("all have both", () -> delivered().size() >= 2 * STREAMS);

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

  private Entrance entrance(Start start) {
    return new Entrance() {
      @Override
      public Loop loop() {
        return loop;
      }

      @Override
      public Stream enter(Outlet outlet, ByteBuffer opening) {
        Stream stream = new Stream(loop, outlet, new Seat(admission, null, null), CROWD, start);
        stream.begin(opening);
        return stream;
      }

      @Override
      public void turnAway() {
        throw new IllegalStateException("nobody is turned away here");
      }
    };
  }

  /** A socket that takes everything and writes it down. */
  private final class Recorder extends Outlet {
    Recorder() {
      super(AudienceTest.this.loop);
    }

    @Override
    boolean isChunked() {
      return true;
    }

    @Override
    boolean isSocket() {
      return true;
    }

    @Override
    void tryWrite(ByteBuffer bytes) {
      String text = StandardCharsets.UTF_8.decode(bytes).toString();
      List<String> data = text.lines()
          .filter(line -> line.startsWith("data: "))
          .map(line -> line.substring("data: ".length()))
          .toList();
      writes.add(String.join(" ", data));
      meanwhile.getAndSet(() -> {}).run();
    }

    @Override
    void start(ByteBuffer bytes, PendingWrite write) {
      throw new IllegalStateException("everything was taken at once");
    }

    @Override
    void end() {
      throw new IllegalStateException("nothing ends here");
    }

    @Override
    void abort() {
      throw new IllegalStateException("nothing is cut here");
    }
  }
}
