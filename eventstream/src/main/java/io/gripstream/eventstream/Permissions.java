package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.direct.DirectStreams;
import io.gripstream.eventstream.internal.feed.Live;
import io.gripstream.eventstream.internal.feed.ProcessChannel;
import io.gripstream.eventstream.internal.proxied.Proxies;
import io.gripstream.eventstream.store.EventStore;
import org.jspecify.annotations.Nullable;

/**
 * Ends streams whose users lost the right to read: in this process, through the proxies, and in the
 * other processes of the storage. Thread-safe.
 */
final class Permissions implements AutoCloseable {
  private final ChannelManager manager;
  private final DirectStreams direct;
  private final Proxies proxies;
  private final Runnable start;
  private final @Nullable ProcessChannel processes;

  /**
   * @param store null: there are no other processes to tell
   * @param start opens the storage unless it is open; called before the message to other processes
   */
  Permissions(
      @Nullable EventStore store,
      Live live,
      ChannelManager manager,
      DirectStreams direct,
      Proxies proxies,
      Runnable start) {
    this.manager = manager;
    this.direct = direct;
    this.proxies = proxies;
    this.start = start;
    this.processes =
        store == null ? null : new ProcessChannel(store, live, Draft::toProcesses, this::recheck);
  }

  /** Begins to listen to other processes. Blocks for storage. */
  void listen() {
    if (processes != null) {
      processes.listen();
    }
  }

  /** @param channel null: any */
  void changed(String user, @Nullable String channel, PermissionScope scope) {
    if (scope == PermissionScope.THIS_PROCESS) {
      recheck(user, channel);
      return;
    }
    start.run();
    try {
      recheck(user, channel);
    } finally {
      if (processes != null) {
        processes.tellPermissionChanged(user, channel);
      }
    }
  }

  private void recheck(String user, @Nullable String channel) {
    if (channel == null) {
      try {
        direct.recheck(user, any -> manager.canRead(user, any));
      } finally {
        proxies.kick(user);
      }
    } else if (!manager.canRead(user, channel)) {
      direct.end(user, channel);
      proxies.kick(user);
    }
  }

  @Override
  public void close() {
    if (processes != null) {
      processes.close();
    }
  }
}
