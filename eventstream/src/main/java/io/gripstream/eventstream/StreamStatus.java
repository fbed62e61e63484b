package io.gripstream.eventstream;

import io.gripstream.grip.RefusedSignature;
import io.gripstream.grip.publish.ProxyHealth;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an event stream knows about itself at one moment, for metrics and for a page of operators.
 * Immutable and thread-safe. Streams that a proxy holds are known to the proxy only.
 */
public final class StreamStatus {
  private final int subscribers;
  private final long deliveries;
  private final Supplier<Map<String, Integer>> subscribersByChannel;
  private final Map<String, ProxyHealth> proxies;
  private final long refusedSignatures;
  private final @Nullable RefusedSignature lastRefusedSignature;
  private final @Nullable String fault;

  StreamStatus(
      int subscribers,
      long deliveries,
      Supplier<Map<String, Integer>> subscribersByChannel,
      Map<String, ProxyHealth> proxies,
      long refusedSignatures,
      @Nullable RefusedSignature lastRefusedSignature,
      @Nullable String fault) {
    this.subscribers = subscribers;
    this.deliveries = deliveries;
    this.subscribersByChannel = subscribersByChannel;
    this.proxies = proxies;
    this.refusedSignatures = refusedSignatures;
    this.lastRefusedSignature = lastRefusedSignature;
    this.fault = fault;
  }

  /** How many streams this process holds itself. */
  public int subscribers() {
    return subscribers;
  }

  /**
   * How many events this process wrote to streams that it holds itself, since it began: each counts
   * once per stream. Events read from storage for a client that missed them do not count.
   */
  public long deliveries() {
    return deliveries;
  }

  /**
   * How many of the streams that this process holds read each channel, by its name. Counted at this
   * call, by a walk over all channels.
   */
  public Map<String, Integer> subscribersByChannel() {
    return subscribersByChannel.get();
  }

  /** How each proxy did lately, by its name, which has no secrets; in the order configured. */
  public Map<String, ProxyHealth> proxies() {
    return proxies;
  }

  /** How many requests bore a {@code Grip-Sig} that was not believed, and were served direct. */
  public long refusedSignatures() {
    return refusedSignatures;
  }

  /** The last of those since the start; empty: there was none. */
  public Optional<RefusedSignature> lastRefusedSignature() {
    return Optional.ofNullable(lastRefusedSignature);
  }

  /**
   * The first {@link Error} that a thread of this library met since the process began, such as an
   * {@link OutOfMemoryError}; empty: none. The threads go on as well as they can, but nothing may
   * be relied on any more: end the process, so that it begins anew. To hear of each at once, set
   * {@link Thread#setDefaultUncaughtExceptionHandler}.
   */
  public Optional<String> fault() {
    return Optional.ofNullable(fault);
  }
}
