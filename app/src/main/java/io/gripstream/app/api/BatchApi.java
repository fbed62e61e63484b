package io.gripstream.app.api;

import io.gripstream.app.auth.Caller;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStream;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * {@code POST /api/batch}: many events, as a JSON array or as NDJSON. The answer has one result for
 * each, in order, in the form in which they came: what {@code /api/publish} would have answered.
 */
final class BatchApi {
  /** Maximum that may be on their way to the storage for one request; further ones wait. */
  private static final int UNDER_WAY = 500;

  private static final long BYTES_UNDER_WAY = 4_000_000;

  private final EventStream events;
  private final Rights rights;
  private final Settings settings;
  private final Bodies bodies;

  BatchApi(EventStream events, Rights rights, Settings settings, Bodies bodies) {
    this.events = events;
    this.rights = rights;
    this.settings = settings;
    this.bodies = bodies;
  }

  void register(RoutesConfig routes) {
    routes.post("/api/batch", this::batch);
  }

  private void batch(Context ctx) {
    Caller caller = rights.publisher(ctx);
    Query.check(ctx);
    boolean lines = Body.mediaType(ctx, List.of(Body.JSON, Body.NDJSON)).equals(Body.NDJSON);
    List<Object> results;
    try (Bodies.Place place = bodies.take(ctx, PublishApi.credential(ctx, caller))) {
      byte[] body = place.body();
      int max = settings.http().maxBatchItems();
      List<Slice> items = lines ? Slice.lines(body, max) : Slice.items(body, max);
      if (items == null) {
        throw new ApiException(
            ApiError.TOO_LARGE, "the batch has more than " + max + " events (max_batch_items)");
      }
      results = publish(body, items, caller);
    }
    ctx.header("Cache-Control", "no-store");
    if (lines) {
      ctx.contentType(Body.NDJSON)
          .result(results.stream().map(Json::write).collect(Collectors.joining("\n", "", "\n")));
    } else {
      ctx.json(results);
    }
  }

  private List<Object> publish(byte[] body, List<Slice> items, Caller caller) {
    List<CompletableFuture<Object>> results = new ArrayList<>(items.size());
    int settled = 0;
    long bytes = 0;
    for (Slice item : items) {
      bytes += item.length();
      while (results.size() - settled >= UNDER_WAY
          || (bytes > BYTES_UNDER_WAY && settled < results.size())) {
        results.get(settled).join();
        bytes -= items.get(settled).length();
        settled++;
      }
      results.add(publish(body, item, caller));
    }
    return results.stream().map(CompletableFuture::join).toList();
  }

  private CompletableFuture<Object> publish(byte[] body, Slice item, Caller caller) {
    CompletableFuture<Object> result;
    try {
      Draft draft = PublishApi.draft(body, item, settings);
      draft.channels().forEach(channel -> rights.checkPublish(caller, channel));
      result = events.sendAsync(draft).thenApply(PublishedJson::of);
    } catch (RuntimeException e) {
      result = CompletableFuture.failedFuture(e);
    }
    return result.exceptionally(failure -> Failures.of(failure).body());
  }
}
