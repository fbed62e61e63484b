package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Threads;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the processes of one storage tell each other, as events of a reserved channel: so it is
 * kept, in order, and survives what events survive. Thread-safe.
 */
public final class ControlChannel {
  private static final Logger LOG = LoggerFactory.getLogger(ControlChannel.class);
  private static final String PERMISSION = "permission";
  private static final Subscription ITSELF =
      new Subscription(null, List.of(ChannelNames.CONTROL), List.of(), false, null);

  private final JsonMapper json = JsonMapper.builder().build();
  private final String process = UUID.randomUUID().toString();
  private final EventStore store;
  private final Live live;
  private final BiFunction<String, String, Draft> drafts;
  private final PermissionChanges permissionChanges;

  /**
   * @param drafts makes an event of the reserved channel from type and data
   * @param permissionChanges told what other processes tell, on a thread that may block
   */
  public ControlChannel(
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
   * Tells every other process. Returns when it is durable.
   *
   * @param channel null: any
   * @throws StoreException if it is not
   */
  public void tellPermissionChanged(String user, @Nullable String channel) {
    String data = json.writeValueAsString(new Permission(user, channel, process));
    try {
      store.append(drafts.apply(PERMISSION, data)).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StoreException failure ? failure : e;
    }
  }

  /** Begins to listen, from now on. Blocks for storage. */
  public void listen() {
    long last = store
        .heads(List.of(ChannelNames.CONTROL))
        .getOrDefault(ChannelNames.CONTROL, Head.EMPTY)
        .last();
    Position head = Position.of(Map.of(ChannelNames.CONTROL, last), store.epoch());
    live.join(ITSELF, head, new Subscriber() {
      @Override
      public void deliver(LiveEvent event) {
        if (event.event().type().equals(PERMISSION)) {
          CompletableFuture.runAsync(Threads.guarded(() -> told(event.event().data())));
        }
      }

      @Override
      public void skipped(Position to) {
        LOG.warn("Messages of other processes were removed before this process read them");
      }
    });
  }

  private void told(String data) {
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

  /** What a user may read has changed. */
  public interface PermissionChanges {
    /** @param channel null: any */
    void changed(String user, @Nullable String channel);
  }

  private record Permission(String user, @Nullable String channel, String from) {}
}
