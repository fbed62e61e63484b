package io.gripstream.eventstream.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamEvent;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client library of another project, which reports its events. It reconnects by itself. */
abstract class RealClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final BlockingQueue<StreamEvent> events = new LinkedBlockingQueue<>();

  final void got(StreamEvent event) {
    events.add(event);
  }

  /** Expects an event with this data next; {@code stream-open} may come before. */
  final void expect(String data) {
    StreamEvent event = poll(PATIENCE);
    while (event != null && event.type().equals("stream-open")) {
      event = poll(PATIENCE);
    }
    assertThat(event).as("an event with data %s at %s", data, this).isNotNull();
    assertThat(event.data()).as("data at %s", this).isEqualTo(data);
  }

  final void expectOpen() {
    StreamEvent event = poll(PATIENCE);
    assertThat(event).as("stream-open at %s", this).isNotNull();
    assertThat(event.type()).isEqualTo("stream-open");
  }

  final void expectNothing(Duration quiet) {
    assertThat(poll(quiet)).as("an event at %s", this).isNull();
  }

  private @Nullable StreamEvent poll(Duration atMost) {
    try {
      return events.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  @Override
  public abstract void close();
}
