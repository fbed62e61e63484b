package io.gripstream.app.api;

import io.gripstream.app.auth.Caller;
import io.gripstream.app.config.Settings;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStream;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * {@code POST /api/batch}: many events, as a JSON array or as NDJSON. The answer has one result for
 * each, in order, in the form in which they came: what {@code /api/publish} would have answered.
 */
final class BatchApi {
  /** So many may be on their way to the storage for one request; the next ones wait. */
  private static final int UNDER_WAY = 500;

  private final EventStream events;
  private final Rights rights;
  private final Settings.Http limits;

  BatchApi(EventStream events, Rights rights, Settings.Http limits) {
    this.events = events;
    this.rights = rights;
    this.limits = limits;
  }

  void register(RoutesConfig routes) {
    routes.post("/api/batch", this::batch);
  }

  private void batch(Context ctx) {
    Caller caller = rights.publisher(ctx);
    boolean lines = Body.mediaType(ctx, List.of(Body.JSON, Body.NDJSON)).equals(Body.NDJSON);
    byte[] body = Body.read(ctx, limits.maxBodyBytes());
    int max = limits.maxBatchItems();
    List<Supplier<JsonNode>> items = lines ? lines(body, max) : array(body, max);
    List<Object> results = publish(items, caller);
    ctx.header("Cache-Control", "no-store");
    if (lines) {
      ctx.contentType(Body.NDJSON)
          .result(results.stream().map(Json::write).collect(Collectors.joining("\n", "", "\n")));
    } else {
      ctx.json(results);
    }
  }

  private List<Object> publish(List<Supplier<JsonNode>> items, Caller caller) {
    List<CompletableFuture<Object>> results = new ArrayList<>(items.size());
    for (Supplier<JsonNode> item : items) {
      if (results.size() >= UNDER_WAY) {
        results.get(results.size() - UNDER_WAY).join();
      }
      results.add(publish(item, caller));
    }
    return results.stream().map(CompletableFuture::join).toList();
  }

  private CompletableFuture<Object> publish(Supplier<JsonNode> item, Caller caller) {
    CompletableFuture<Object> result;
    try {
      Draft draft = DraftReader.read(item.get());
      rights.checkPublish(caller, draft.channel());
      result = events.sendAsync(draft).thenApply(PublishedJson::of);
    } catch (RuntimeException e) {
      result = CompletableFuture.failedFuture(e);
    }
    return result.exceptionally(failure -> Failures.of(failure).body());
  }

  private static List<Supplier<JsonNode>> array(byte[] body, int max) {
    List<JsonNode> array = Json.parseArray(body, max);
    if (array == null) {
      throw tooMany(max);
    }
    return array.stream().<Supplier<JsonNode>>map(item -> () -> item).toList();
  }

  /** Each line is parsed by itself, so that one that is broken spoils nothing but itself. */
  private static List<Supplier<JsonNode>> lines(byte[] body, int max) {
    List<Supplier<JsonNode>> items = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= body.length; i++) {
      if (i == body.length || body[i] == '\n') {
        byte[] line = Arrays.copyOfRange(body, start, i);
        start = i + 1;
        if (isBlank(line)) {
          continue;
        }
        if (items.size() == max) {
          throw tooMany(max);
        }
        items.add(() -> Json.parse(line));
      }
    }
    return items;
  }

  private static ApiException tooMany(int max) {
    return new ApiException(
        ApiError.TOO_LARGE, "the batch has more than " + max + " events (max_batch_items)");
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
