package io.gripstream.app.api;

import io.gripstream.app.auth.Caller;
import io.gripstream.app.config.Printable;
import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.HistoryPage;
import io.gripstream.eventstream.javalin.JavalinCors;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/position} and {@code GET /api/history}: a caller may read here the channels that
 * it may stream.
 */
final class ReadApi {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;

  private final EventStream events;
  private final Rights rights;
  private final Cors cors;
  private final int maxChannels;

  ReadApi(EventStream events, Rights rights, Cors cors, int maxChannels) {
    this.cors = cors;
    this.events = events;
    this.rights = rights;
    this.maxChannels = maxChannels;
  }

  void register(RoutesConfig routes) {
    Reading.add(routes, "/api/position", this::position);
    Reading.add(routes, "/api/history", this::history);
    // A page that sets Authorization asks first.
    routes.options("/api/position", this::preflight);
    routes.options("/api/history", this::preflight);
  }

  private void preflight(Context ctx) {
    JavalinCors.preflight(cors, ctx);
    ctx.header("Allow", "GET, HEAD, OPTIONS").status(204);
  }

  private void position(Context ctx) {
    Query.check(ctx, "channel");
    TreeSet<String> channels = new TreeSet<>(ctx.queryParams("channel"));
    rights.reader(ctx, channels);
    if (channels.isEmpty() || channels.size() > maxChannels) {
      throw new ApiException(
          ApiError.BAD_REQUEST,
          "query parameter channel is needed, once to " + maxChannels + " times");
    }
    hidden(ctx).json(Map.of("position", events.currentPosition(channels).toString()));
  }

  private void history(Context ctx) {
    Query.check(ctx, "channel", "since", "limit", "last");
    List<String> channels = ctx.queryParams("channel");
    Caller caller = rights.reader(ctx, channels);
    if (channels.size() != 1) {
      throw new ApiException(ApiError.BAD_REQUEST, "query parameter channel is needed, once");
    }
    String channel = channels.get(0);
    long since = Query.number(ctx, "since", 0, Long.MAX_VALUE, 0);
    int limit = (int) Query.number(ctx, "limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
    int last = (int) Query.number(ctx, "last", 1, MAX_LIMIT, 0);
    if (last > 0 && (ctx.queryParam("since") != null || ctx.queryParam("limit") != null)) {
      throw new ApiException(
          ApiError.BAD_REQUEST, "query parameter last cannot be combined with since or limit");
    }
    HistoryPage page = (last > 0
            ? events.last(channel, caller.user(), last)
            : events.history(channel, caller.user(), since, limit))
        .orElseThrow(() -> new ApiException(
            ApiError.NOT_FOUND,
            "channel \"" + Printable.of(channel) + "\" is not stored, it has no history"));
    hidden(ctx)
        .json(HistoryJson.of(channel, page, last > 0 ? Math.max(0, page.last() - last) : since));
  }

  /**
   * Hides the answer from other sites: a foreign page may embed it as a script or a picture, with
   * the user's cookie, and must learn nothing from that.
   */
  private static Context hidden(Context ctx) {
    return ctx.header("Cache-Control", "no-store")
        .header("X-Content-Type-Options", "nosniff")
        .header("Cross-Origin-Resource-Policy", "same-origin");
  }

  /**
   * @param next the value of {@code since} for the following page; null: there is none yet
   * @param incomplete whether events after {@code since} were removed
   */
  private record HistoryJson(
      String channel, List<EventJson> events, @Nullable Long next, boolean incomplete) {
    static HistoryJson of(String channel, HistoryPage page, long since) {
      return new HistoryJson(
          channel,
          page.events().stream().map(EventJson::of).toList(),
          page.next() < page.last() ? page.next() : null,
          page.trimmed() > since);
    }
  }

  private record EventJson(long id, String type, String data, String at) {
    static EventJson of(Event event) {
      return new EventJson(event.id(), event.type(), event.data(), event.at().toString());
    }
  }
}
