package io.gripstream.eventstream.store;

import java.util.List;

/**
 * What was copied from one storage into another; see {@code EventStores.copy}. Immutable and
 * thread-safe.
 */
public final class CopyReport {
  private final String epoch;
  private final long channels;
  private final long events;
  private final long bytes;
  private final long keys;
  private final long cursors;
  private final long revocations;
  private final List<String> remarks;

  private CopyReport(Builder from) {
    epoch = from.epoch;
    channels = from.channels;
    events = from.events;
    bytes = from.bytes;
    keys = from.keys;
    cursors = from.cursors;
    revocations = from.revocations;
    remarks = List.copyOf(from.remarks);
  }

  /** Begins a report in which nothing was copied; the copy itself fills it in. */
  public static Builder builder() {
    return new Builder();
  }

  /** The identity of both storages; empty while the copy is in progress. */
  public String epoch() {
    return epoch;
  }

  /** Number of channels, also of those without stored events. */
  public long channels() {
    return channels;
  }

  /** Number of stored events. */
  public long events() {
    return events;
  }

  /** Size of the events in bytes, roughly. */
  public long bytes() {
    return bytes;
  }

  /** Number of idempotency keys. */
  public long keys() {
    return keys;
  }

  /** Number of confirmations, one per proxy and channel. */
  public long cursors() {
    return cursors;
  }

  /** Number of revocations in force. */
  public long revocations() {
    return revocations;
  }

  /** Data that was not copied and that you may need, one line each. Unmodifiable. */
  public List<String> remarks() {
    return remarks;
  }

  @Override
  public String toString() {
    return "CopyReport[epoch=" + epoch + ", channels=" + channels + ", events=" + events
        + ", bytes=" + bytes + ", keys=" + keys + ", cursors=" + cursors + ", revocations="
        + revocations + ", remarks=" + remarks + "]";
  }

  /** Makes a {@link CopyReport}. Used by one thread. */
  public static final class Builder {
    private String epoch = "";
    private long channels;
    private long events;
    private long bytes;
    private long keys;
    private long cursors;
    private long revocations;
    private List<String> remarks = List.of();

    private Builder() {}

    /** Sets the identity of a complete copy. Default: empty, the copy is in progress. */
    public Builder epoch(String value) {
      epoch = value;
      return this;
    }

    /** Sets how many channels were copied so far. Default 0. */
    public Builder channels(long count) {
      channels = count;
      return this;
    }

    /** Sets how many events were copied so far. Default 0. */
    public Builder events(long count) {
      events = count;
      return this;
    }

    /** Sets how long these events are together. Default 0. */
    public Builder bytes(long count) {
      bytes = count;
      return this;
    }

    /** Sets how many idempotency keys were copied so far. Default 0. */
    public Builder keys(long count) {
      keys = count;
      return this;
    }

    /** Sets how many confirmations of proxies were copied so far. Default 0. */
    public Builder cursors(long count) {
      cursors = count;
      return this;
    }

    /** Sets how many revocations were copied so far. Default 0. */
    public Builder revocations(long count) {
      revocations = count;
      return this;
    }

    /** Sets what was not copied, one line each. Default: none. */
    public Builder remarks(List<String> lines) {
      remarks = lines;
      return this;
    }

    /** Makes the report. */
    public CopyReport build() {
      return new CopyReport(this);
    }
  }
}
