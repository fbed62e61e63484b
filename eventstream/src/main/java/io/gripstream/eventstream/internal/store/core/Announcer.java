package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.Change;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Threads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that tells listeners of changes and senders of their results, in the order of the
 * commits. Its queue is bounded by the drafts in progress. Changes of other processes are merged
 * into one pending set of channels, or {@link Change.Anything} beyond {@value #MAX_NAMES}.
 */
public final class Announcer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
  private static final int MAX_NAMES = 10_000;

  private final LinkedBlockingQueue<Job> jobs = new LinkedBlockingQueue<>();
  private final CopyOnWriteArrayList<Listening> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread = Threads.daemon("gripstream-store-announcer", this::run);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Object newsLock = new Object();
  private @Nullable Set<String> news;
  private boolean isAnythingNew;

  /** Used by its thread only. */
  private boolean isEnded;

  /** A registration, equal to itself only: a listener registered twice is called twice. */
  private static final class Listening {
    final Consumer<Change> listener;

    Listening(Consumer<Change> listener) {
      this.listener = listener;
    }
  }

  public void start() {
    thread.start();
  }

  public EventStore.Registration listen(Consumer<Change> listener) {
    Listening own = new Listening(listener);
    listeners.add(own);
    return () -> listeners.remove(own);
  }

  /** A message to pass on, in the order of arrival. */
  private sealed interface Job {
    /** These events were stored: first notifies the listeners, then the senders. */
    record Stored(List<Outcome> results, List<PendingAppend> senders, Runnable before)
        implements Job {}

    /** Nothing was stored, or the result is unknown. */
    record Failed(List<PendingAppend> senders, StoreException why, Runnable before)
        implements Job {}

    /** The pending changes of other processes. */
    record OthersWrote() implements Job {}

    /** The last one. */
    record End() implements Job {}
  }

  /** Tells the listeners of the new events, runs {@code before}, then tells the senders. */
  public void appended(List<Outcome> results, List<PendingAppend> senders, Runnable before) {
    jobs.add(new Job.Stored(results, senders, before));
  }

  /** Runs {@code before}, then tells the senders. */
  public void failed(List<PendingAppend> senders, StoreException why, Runnable before) {
    jobs.add(new Job.Failed(senders, why, before));
  }

  /** Another process stored something in these channels. */
  public void others(Set<String> channels) {
    if (channels.isEmpty()) {
      return;
    }
    synchronized (newsLock) {
      boolean pending = news != null || isAnythingNew;
      if (!isAnythingNew) {
        if (news == null) {
          news = new HashSet<>();
        }
        news.addAll(channels);
        if (news.size() > MAX_NAMES) {
          news = null;
          isAnythingNew = true;
        }
      }
      if (!pending) {
        jobs.add(new Job.OthersWrote());
      }
    }
  }

  /** Something may have been stored anywhere. */
  public void anything() {
    synchronized (newsLock) {
      boolean pending = news != null || isAnythingNew;
      news = null;
      isAnythingNew = true;
      if (!pending) {
        jobs.add(new Job.OthersWrote());
      }
    }
  }

  private void perform(Job job) {
    if (job instanceof Job.Stored stored) {
      tell(stored);
    } else if (job instanceof Job.Failed failed) {
      failed.before.run();
      failed.senders.forEach(sender -> sender.outcome().completeExceptionally(failed.why));
    } else if (job instanceof Job.OthersWrote) {
      tellNews();
    } else {
      isEnded = true;
    }
  }

  private void tell(Job.Stored stored) {
    List<Event> events = new ArrayList<>(stored.results.size());
    for (Outcome result : stored.results) {
      if (result instanceof Outcome.Accepted accepted && !accepted.appended().isRepeated()) {
        events.addAll(accepted.appended().events());
      }
    }
    if (!events.isEmpty()) {
      tell(new Change.Appended(events));
    }
    stored.before.run();
    for (int i = 0; i < stored.senders.size(); i++) {
      stored.senders.get(i).complete(stored.results.get(i));
    }
  }

  private void tellNews() {
    Set<String> channels;
    synchronized (newsLock) {
      channels = news;
      news = null;
      isAnythingNew = false;
    }
    tell(channels == null ? new Change.Anything() : new Change.Channels(channels));
  }

  private void tell(Change change) {
    for (Listening one : listeners) {
      try {
        one.listener.accept(change);
      } catch (RuntimeException e) {
        LOG.error("A listener of the event store failed", e);
      } catch (Error e) {
        // The other listeners and the senders must get the message anyway.
        Threads.met(e);
      }
    }
  }

  private void run() {
    while (!isEnded || !jobs.isEmpty()) {
      try {
        perform(jobs.take());
      } catch (InterruptedException e) {
        // Only {@code close} ends this thread; an interrupt has no meaning.
        LOG.debug("interrupted", e);
      } catch (Throwable e) {
        Threads.met(e);
      }
    }
  }

  /** Passes on pending messages, then ends. Blocks unless called by a listener. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true) && thread.isAlive()) {
      jobs.add(new Job.End());
    }
    if (thread != Thread.currentThread()) {
      Threads.join(thread);
    }
  }
}
