package io.gripstream.app.doctor;

import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.gripstream.app.server.Events;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** All checks, in an order in which the first failure explains the later ones. */
public final class Doctor {
  private final Settings settings;
  private final HttpUrl url;
  private final @Nullable Secret token;
  private final @Nullable String origin;

  /**
   * @param settings of the server, checked
   * @param url address of the server for clients
   * @param token opens a stream; null: use an API key of the settings, or no credential if none is
   *     needed
   * @param origin of pages that read streams; null: not checked
   */
  public Doctor(Settings settings, HttpUrl url, @Nullable Secret token, @Nullable String origin) {
    this.settings = settings;
    this.url = url;
    this.token = token;
    this.origin = origin;
  }

  /** Checks only whether the proxies accept events. Blocks for moments. */
  public static void look(Settings settings, Consumer<Finding> findings) {
    ControlPorts.check(settings).forEach(findings);
  }

  /** Runs the checks and reports each finding at once. Blocks for seconds. */
  public void run(Consumer<Finding> findings) throws InterruptedException {
    boolean canStore = storage(findings);
    ControlPorts.check(settings).forEach(findings);
    StreamCheck stream = new StreamCheck(settings, url, token, origin, findings);
    if (!canStore) {
      stream.check(null);
      return;
    }
    try (EventStream events = Events.sender(settings, Events.store(settings))) {
      stream.check(events);
    }
  }

  private boolean storage(Consumer<Finding> findings) {
    EventStore configured = Events.store(settings).orElse(null);
    if (configured == null) {
      findings.accept(
          Finding.note("storage", "none: a client that is not connected misses events"));
      return true;
    }
    String problem;
    try (EventStore store = configured) {
      store.start();
      store.remarks().forEach(remark -> findings.accept(Finding.note("storage", remark)));
      problem = store.check() instanceof StoreHealth.Failed failed ? failed.reason() : null;
    } catch (StoreException e) {
      problem = e.getMessage();
    }
    findings.accept(
        problem == null
            ? Finding.ok("storage", "can be written")
            : Finding.fail(
                "storage",
                String.valueOf(problem),
                "database_url must lead to a storage that the user of this process may write"));
    return problem == null;
  }
}
