package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.Change;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parts that are the same in every storage: opening and closing, the announcer, upkeep, and
 * known failures. A backend opens, appends, reads and closes.
 */
public abstract class AbstractEventStore implements EventStore {
  private enum State {
    NEW,
    STARTING,
    OPEN,
    CLOSED
  }

  /** Tells listeners and senders. Its thread runs from the end of {@link #open}. */
  protected final Announcer announcer = new Announcer();

  /** Records failures and recoveries. */
  protected final StorageOutage outage = new StorageOutage(System::nanoTime);

  /** Runs periodic work. */
  protected final Upkeep upkeep = new Upkeep(outage);

  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
  private final Clock clock;
  private volatile @Nullable String epoch;
  private boolean hasBegun;

  private final KeptHistory kept;

  /**
   * @param clock the time for all processes of this storage
   * @param kept how much of each channel is kept; gets the channels' rules
   */
  protected AbstractEventStore(Clock clock, KeptHistory kept) {
    this.clock = clock;
    this.kept = kept;
  }

  @Override
  public final void channelRules(Function<String, ChannelRules> rules) {
    kept.follow(rules);
  }

  /** Connects and migrates; returns the epoch. Blocks. It may be called again after a failure. */
  protected abstract String open();

  /**
   * Begins to report what other processes store, after {@link #open}; from now on none of it is
   * missed. Blocks. If it fails, it leaves nothing behind, and both may be called again.
   */
  protected abstract void watch();

  /** Begins the background work. Does no I/O, so it cannot fail. */
  protected abstract void begin();

  /** Appends to an open store; see {@link EventStore#append}. */
  protected abstract CompletableFuture<Appended> store(Draft draft);

  /** Whether an open store can be written; see {@link EventStore#check}. */
  protected abstract StoreHealth probe();

  /** Ends the background work, and waits for drafts in progress. No new ones arrive. */
  protected abstract void end();

  /** Releases the resources of {@link #open}, also if that failed or was never called. */
  protected abstract void release();

  @Override
  public final void start() {
    if (!state.compareAndSet(State.NEW, State.STARTING)) {
      if (state.get() == State.CLOSED) {
        throw StoreException.closed();
      }
      throw new IllegalStateException("the event store is already started");
    }
    try {
      epoch = open();
      watch();
    } catch (RuntimeException e) {
      if (!state.compareAndSet(State.STARTING, State.NEW)) {
        dismantle();
      }
      throw e;
    }
    announcer.start();
    hasBegun = true;
    begin();
    if (!state.compareAndSet(State.STARTING, State.OPEN)) {
      dismantle();
      throw StoreException.closed();
    }
  }

  @Override
  public final String epoch() {
    String known = epoch;
    if (known == null) {
      throw new IllegalStateException("the event store is not started");
    }
    return known;
  }

  @Override
  public final Clock clock() {
    return clock;
  }

  @Override
  public final CompletableFuture<Appended> append(Draft draft) {
    if (state.get() == State.CLOSED) {
      return CompletableFuture.failedFuture(StoreException.closed());
    }
    requireOpen();
    return store(draft);
  }

  @Override
  public final Registration onChange(Consumer<Change> listener) {
    return announcer.listen(listener);
  }

  @Override
  public final StoreHealth check() {
    return isOpen() ? probe() : new StoreHealth.Failed("the event store is not open");
  }

  @Override
  public final Optional<String> fault() {
    return Optional.ofNullable(outage.fault());
  }

  protected final boolean isOpen() {
    return state.get() == State.OPEN;
  }

  /**
   * @throws StoreException {@code CLOSED}
   * @throws IllegalStateException if it is not started
   */
  protected final void requireOpen() {
    if (state.get() == State.CLOSED) {
      throw StoreException.closed();
    }
    if (!isOpen()) {
      throw new IllegalStateException("the event store is not started");
    }
  }

  @Override
  public final void close() {
    State before = state.getAndSet(State.CLOSED);
    if (before == State.NEW || before == State.OPEN) {
      dismantle();
    }
    // The thread that starts the store releases what it has opened.
  }

  private void dismantle() {
    upkeep.close();
    if (hasBegun) {
      end();
    }
    announcer.close();
    release();
  }
}
