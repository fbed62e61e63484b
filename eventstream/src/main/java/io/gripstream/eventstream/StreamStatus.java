package io.gripstream.eventstream;

import io.gripstream.grip.RefusedSignature;
import io.gripstream.grip.publish.ProxyHealth;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of an event stream at one moment, for metrics and administration. Immutable and
 * thread-safe. It does not cover streams held by a proxy: only the proxy knows them.
 */
public final class StreamStatus {
  private final int streams;
  private final long deliveries;
  private final int slowStreams;
  private final long slowestStreamEvents;
  private final Supplier<Map<String, Integer>> streamsByChannel;
  private final Map<String, ProxyHealth> proxies;
  private final long refusedSignatures;
  private final @Nullable RefusedSignature lastRefusedSignature;
  private final @Nullable String fault;

  StreamStatus(
      int streams,
      long deliveries,
      int slowStreams,
      long slowestStreamEvents,
      Supplier<Map<String, Integer>> streamsByChannel,
      Map<String, ProxyHealth> proxies,
      long refusedSignatures,
      @Nullable RefusedSignature lastRefusedSignature,
      @Nullable String fault) {
    this.streams = streams;
    this.deliveries = deliveries;
    this.slowStreams = slowStreams;
    this.slowestStreamEvents = slowestStreamEvents;
    this.streamsByChannel = streamsByChannel;
    this.proxies = proxies;
    this.refusedSignatures = refusedSignatures;
    this.lastRefusedSignature = lastRefusedSignature;
    this.fault = fault;
  }

  /** Number of streams that this process holds itself. */
  public int streams() {
    return streams;
  }

  /**
   * Number of events that this process wrote to its own streams since it began, counted once per
   * stream. Events that a client missed and got from storage do not count.
   */
  public long deliveries() {
    return deliveries;
  }

  /**
   * Number of this process's streams that are behind: their clients read slowly, or read missed
   * events from storage. At most a second old.
   */
  public int slowStreams() {
    return slowStreams;
  }

  /**
   * Number of published events that the slowest stream has not got yet. Events that it reads from
   * storage do not count.
   */
  public long slowestStreamEvents() {
    return slowestStreamEvents;
  }

  /**
   * Number of this process's streams per channel name. Counted at this call, in a walk over all
   * channels.
   */
  public Map<String, Integer> streamsByChannel() {
    return streamsByChannel.get();
  }

  /** Recent health of each proxy, by its name (without secrets), in the order configured. */
  public Map<String, ProxyHealth> proxies() {
    return proxies;
  }

  /** Number of requests with a {@code Grip-Sig} that was refused; they were served direct. */
  public long refusedSignatures() {
    return refusedSignatures;
  }

  /** The last refused signature since the start; empty: none. */
  public Optional<RefusedSignature> lastRefusedSignature() {
    return Optional.ofNullable(lastRefusedSignature);
  }

  /**
   * Why this process must be started again; empty: it need not be. Either the first {@link Error}
   * in a thread of this library since the process began, such as an {@link OutOfMemoryError}: the
   * threads continue, but the process is no longer reliable. To get each such error immediately,
   * set {@link Thread#setDefaultUncaughtExceptionHandler}. Or the storage was replaced, see
   * {@link io.gripstream.eventstream.store.EventStore#fault}: nothing is stored or read any more.
   */
  public Optional<String> fault() {
    return Optional.ofNullable(fault);
  }
}
