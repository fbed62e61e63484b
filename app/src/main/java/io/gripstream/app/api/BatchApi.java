package io.gripstream.app.api;

import io.gripstream.app.auth.Caller;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.EventStream;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * {@code POST /api/batch}: many events, as a JSON array or as NDJSON. The answer has one result per
 * event, in order and in the form of the request: the answer of {@code /api/publish}.
 */
final class BatchApi {
  /** Maximum number of events of one request on their way to the storage; further ones wait. */
  private static final int UNDER_WAY = 500;

  private static final long BYTES_UNDER_WAY = 4_000_000;

  private final EventStream events;
  private final Rights rights;
  private final Settings settings;
  private final Bodies bodies;
  private final OfferedChannels offered;

  BatchApi(
      EventStream events,
      Rights rights,
      Settings settings,
      Bodies bodies,
      OfferedChannels offered) {
    this.events = events;
    this.rights = rights;
    this.settings = settings;
    this.bodies = bodies;
    this.offered = offered;
  }

  void register(RoutesConfig routes) {
    routes.post("/api/batch", this::batch);
  }

  private void batch(Context ctx) {
    Caller caller = rights.publisher(ctx);
    Query.check(ctx);
    boolean lines = Body.mediaType(ctx, List.of(Body.JSON, Body.NDJSON)).equals(Body.NDJSON);
    List<Object> results;
    try (Bodies.Place place = bodies.take(ctx, PublishApi.credential(caller))) {
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
    List<Result> results = new ArrayList<>(items.size());
    int settled = 0;
    long bytes = 0;
    for (Slice item : items) {
      while (results.size() - settled >= UNDER_WAY
          || (bytes > BYTES_UNDER_WAY && settled < results.size())) {
        results.get(settled).body.join();
        bytes -= results.get(settled).bytes;
        settled++;
      }
      Result result = publish(body, item, caller);
      bytes += result.bytes;
      results.add(result);
    }
    return results.stream().map(result -> result.body.join()).toList();
  }

  /** @param bytes the bytes that are written for it, once for each of its channels */
  private record Result(CompletableFuture<Object> body, long bytes) {}

  private Result publish(byte[] body, Slice item, Caller caller) {
    CompletableFuture<Object> answer;
    long bytes = 0;
    try {
      Publication given = PublishApi.read(body, item, settings);
      List<String> channels = given.draft().channels();
      channels.forEach(channel -> rights.checkPublish(caller, channel));
      channels.forEach(offered::used);
      bytes = (long) item.length() * channels.size();
      answer = events.sendAsync(given.draft()).thenApply(given::answer);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    return new Result(answer.exceptionally(failure -> Failures.of(failure).body()), bytes);
  }
}
