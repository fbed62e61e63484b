package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.internal.store.copy.Unfinished;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Commands of a copy, those of a bucket carried out in one step if it is still the one that is
 * under way there. Used by one thread.
 */
final class Import {
  private final RedisStorage storage;
  private final String token;
  private final Map<Bucket, Part> parts = new LinkedHashMap<>();

  /** What is done in a bucket. */
  private static final class Part {
    private final Set<String> keys = new LinkedHashSet<>();
    private final List<String> arguments = new ArrayList<>();
  }

  Import(RedisStorage storage, String token) {
    this.storage = storage;
    this.token = token;
  }

  /** @param key the only one of the bucket that the command names */
  Import add(Bucket bucket, String key, String... words) {
    Part part = parts.computeIfAbsent(bucket, one -> new Part());
    if (part.keys.isEmpty()) {
      part.keys.add(bucket.keys().meta());
      part.arguments.add(token);
    }
    part.keys.add(key);
    part.arguments.add(String.valueOf(words.length));
    part.arguments.addAll(List.of(words));
    return this;
  }

  /** Blocks; returns an answer for each command, by bucket. */
  Map<Bucket, List<Object>> send() {
    Map<Bucket, CompletableFuture<List<Object>>> asked = new LinkedHashMap<>();
    parts.forEach((bucket, part) ->
        asked.put(bucket, bucket.run(Script.IMPORT, List.copyOf(part.keys), part.arguments)));
    Map<Bucket, List<Object>> answers = new LinkedHashMap<>();
    asked.forEach((bucket, future) -> {
      List<Object> answer = storage.link().await(future);
      if (!RedisStorage.text(answer, 0).equals("OK")) {
        throw Unfinished.replaced();
      }
      answers.put(bucket, answer.subList(1, answer.size()));
    });
    return answers;
  }
}
