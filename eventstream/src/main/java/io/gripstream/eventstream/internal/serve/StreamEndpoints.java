package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.proxied.ProxiedStreams;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All endpoints of some routes: streams, follow-ups, the methods that a stream does not have, and
 * the browser client. A web framework adds them to its router in this order, and starts them before
 * it accepts requests. Immutable.
 */
public final class StreamEndpoints {
  /** Path of the browser client, the same for all event streams. */
  public static final String BROWSER_CLIENT = "/eventstream/client.js";

  private static final List<String> REFUSED =
      List.of("POST", "PUT", "PATCH", "DELETE", "QUERY", "TRACE");

  private final List<Endpoint> all = new ArrayList<>();
  private final @Nullable String servedAt;
  private final Consumer<@Nullable String> starting;

  /**
   * @param publicPath the part that a proxy's route removes from clients' paths; empty: none
   * @param starting begins to serve; gets a path of streams, if there is one
   */
  public StreamEndpoints(
      List<Route> routes,
      StreamHandler streams,
      FollowUpHandler followUps,
      String publicPath,
      Consumer<@Nullable String> starting) {
    this.starting = starting;
    this.servedAt = routes.isEmpty() ? null : withoutParameters(routes.get(routes.size() - 1));
    BrowserClient client = BrowserClient.load(streams.cors());
    add("GET", BROWSER_CLIENT, client::serve);
    add("HEAD", BROWSER_CLIENT, client::serve);
    for (Route route : routes) {
      String path = route.path();
      add("GET", path + "/" + ProxiedStreams.KEEPER_SEGMENT + "/{token}", followUps::keep);
      add("GET", path, exchange -> streams.open(exchange, route));
      String links = path + "/" + ProxiedStreams.FOLLOW_UP_SEGMENT + "/{token}";
      add("GET", links, followUps::followUp);
      if (!publicPath.isEmpty()) {
        // Links have the path that most routes remove. A route may also let it pass.
        add("GET", publicPath + links, followUps::followUp);
      }
      if (followUps.areClosed()) {
        String gone = path + "/" + ProxiedStreams.GONE_SEGMENT + "/{token}";
        add("POST", gone, followUps::gone);
        if (!publicPath.isEmpty()) {
          add("POST", publicPath + gone, followUps::gone);
        }
      }
      add("HEAD", path, streams::head);
      add("OPTIONS", path, streams::preflight);
      REFUSED.forEach(method -> add(method, path, streams::notAllowed));
    }
  }

  /**
   * The handler for one method and path.
   *
   * @param path with parameters such as {@code {token}}, each for one segment; a trailing slash in
   *     a request makes no difference
   * @param handler may block
   */
  public record Endpoint(String method, String path, Consumer<StreamExchange> handler) {}

  private void add(String method, String path, Consumer<StreamExchange> handler) {
    all.add(new Endpoint(method, path, handler));
  }

  private static String withoutParameters(Route route) {
    return route.path().replaceAll("\\{[^}]*}", "~");
  }

  public List<Endpoint> all() {
    return List.copyOf(all);
  }

  /** Begins to serve. Idempotent; blocks for storage. */
  public void start() {
    start("");
  }

  /**
   * As {@link #start()}, below a path that the web framework puts before all paths.
   *
   * @param contextPath empty, or without a slash at its end
   */
  public void start(String contextPath) {
    starting.accept(servedAt == null ? null : contextPath + servedAt);
  }
}
