package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Futures;
import io.gripstream.grip.internal.Outage;
import io.gripstream.grip.internal.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Carries messages between the processes of one storage, as events of a reserved channel. So
 * messages are stored, in order, and as durable as events. Thread-safe.
 */
public final class ProcessChannel implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessChannel.class);
  private static final PageLimit PAGE = new PageLimit(500, 1_000_000);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final String PERMISSION = "permission";
  private static final Subscription ITSELF =
      new Subscription(null, List.of(ChannelNames.RESERVED), List.of(), false, null);

  private final JsonMapper json = JsonMapper.builder().build();
  private final String process = UUID.randomUUID().toString();
  private final EventStore store;
  private final Live live;
  private final BiFunction<String, String, Draft> drafts;
  private final PermissionChanges permissionChanges;
  private final ScheduledExecutorService thread = Threads.loop("gripstream-permissions");

  private final Outage outage = new Outage();

  /** Messages wait in the storage, so this needs no queue. */
  private final AtomicBoolean isToRead = new AtomicBoolean();

  /** The id of the last message passed on. Written before anyone joins, then on the thread only. */
  private long told;

  /**
   * @param drafts makes an event of the reserved channel from type and data
   * @param permissionChanges receives the messages of other processes, in order, on a thread that
   *     may block
   */
  public ProcessChannel(
      EventStore store,
      Live live,
      BiFunction<String, String, Draft> drafts,
      PermissionChanges permissionChanges) {
    this.store = store;
    this.live = live;
    this.drafts = drafts;
    this.permissionChanges = permissionChanges;
  }

  /**
   * Tells every other process. Returns when the message is durable.
   *
   * @param channel null: any
   * @throws StoreException if it could not be stored
   */
  public void tellPermissionChanged(String user, @Nullable String channel) {
    String data = json.writeValueAsString(new Permission(user, channel, process));
    Futures.join(store.append(drafts.apply(PERMISSION, data)), StoreException.class);
  }

  /** Begins to listen, from now on. Blocks for storage. */
  public void listen() {
    long last = store
        .heads(List.of(ChannelNames.RESERVED))
        .getOrDefault(ChannelNames.RESERVED, Head.EMPTY)
        .last();
    told = last;
    Position head = Position.of(Map.of(ChannelNames.RESERVED, last), store.epoch());
    live.join(ITSELF, head, new Subscriber() {
      @Override
      public void deliver(LiveEvent event) {
        readSoon(Duration.ZERO);
      }

      @Override
      public void skipped(Position to) {
        readSoon(Duration.ZERO);
      }
    });
  }

  private void readSoon(Duration pause) {
    if (isToRead.compareAndSet(false, true)) {
      try {
        thread.schedule(this::read, pause.toMillis(), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException closed) {
        LOG.debug("The channel of the processes is closed");
      }
    }
  }

  private void read() {
    isToRead.set(false);
    try {
      Page page;
      do {
        page = store.read(ChannelNames.RESERVED, told, Long.MAX_VALUE, PAGE);
        if (page.head().trimmed() > told) {
          LOG.warn("Messages of other processes were removed before this process read them");
          told = page.head().trimmed();
        }
        for (Event event : page.events()) {
          told = event.id();
          if (event.type().equals(PERMISSION)) {
            tell(event.data());
          }
        }
      } while (!page.events().isEmpty());
      if (outage.ends()) {
        LOG.info("The messages of other processes are read again");
      }
    } catch (StoreException e) {
      if (!thread.isShutdown()) {
        if (outage.begins()) {
          LOG.warn("Could not read the messages of other processes: {}", e.getMessage());
        }
        readSoon(RETRY);
      }
    }
  }

  private void tell(String data) {
    try {
      Permission permission = json.readValue(data, Permission.class);
      if (!process.equals(permission.from())) {
        permissionChanges.changed(permission.user(), permission.channel());
      }
    } catch (JacksonException e) {
      LOG.warn("Unknown message of another process; does it run a newer version?");
    } catch (RuntimeException e) {
      LOG.error("Could not apply a change of permissions", e);
    }
  }

  /** Passes on no more messages. One in progress is completed. */
  @Override
  public void close() {
    thread.shutdownNow();
  }

  /** Receives changes of users' permissions. */
  public interface PermissionChanges {
    /** @param channel null: any */
    void changed(String user, @Nullable String channel);
  }

  private record Permission(String user, @Nullable String channel, String from) {}
}
