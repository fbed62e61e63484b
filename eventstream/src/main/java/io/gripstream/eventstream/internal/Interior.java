package io.gripstream.eventstream.internal;

import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.StreamRoutes;
import io.gripstream.eventstream.internal.serve.StreamEndpoints;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Not API. Gives the adapters of web frameworks, which lie in other packages, access to the parts
 * of an {@link EventStream} that applications do not see. The only internal class that names the
 * facade.
 */
public abstract class Interior {
  private static volatile @Nullable Interior instance;

  /** Called once, by {@link EventStream}. */
  protected Interior() {}

  /** Opens the interior. */
  public static void open(Interior interior) {
    instance = interior;
  }

  /**
   * Returns the endpoints that a web framework serves for these routes.
   *
   * @throws IllegalArgumentException if a route breaks a rule of {@link StreamRoutes}
   */
  public static StreamEndpoints endpoints(EventStream events, Consumer<StreamRoutes> routes) {
    Interior opened = instance;
    if (opened == null) {
      throw new IllegalStateException("there is no event stream");
    }
    return opened.endpointsOf(events, routes);
  }

  protected abstract StreamEndpoints endpointsOf(EventStream events, Consumer<StreamRoutes> routes);
}
