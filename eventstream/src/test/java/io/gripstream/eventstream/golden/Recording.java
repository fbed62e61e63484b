package io.gripstream.eventstream.golden;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One recorded exchange with django-eventstream: what was done before, the request, and what came.
 *
 * @param bug the reference's fault that it shows; null: none is known
 * @param cors the reference's CORS settings, by name; empty: none
 * @param settings its GRIP settings, by name; empty: those of most recordings
 */
record Recording(
    String id,
    @Nullable String bug,
    boolean isStored,
    Map<String, JsonNode> cors,
    Map<String, JsonNode> settings,
    List<Step> setup,
    Request request,
    Answer answer) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static Stream<Recording> all(String name) {
    return lines(name).map(Recording::of);
  }

  /** One line of a resource is one recording. */
  static Stream<JsonNode> lines(String name) {
    InputStream resource = Objects.requireNonNull(
        Recording.class.getResourceAsStream("/golden/" + name + ".jsonl"), name);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      return lines.lines().map(JSON::readTree).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Recording of(JsonNode json) {
    Map<String, String> headers = new LinkedHashMap<>();
    json.get("headers").forEachEntry((name, value) -> headers.put(name, value.asString("")));
    List<Segment> segments = json.get("segments")
        .valueStream()
        .map(segment ->
            new Segment(Step.of(segment.get("after")), body(segment.get("body").asString())))
        .toList();
    JsonNode request = json.get("request");
    return new Recording(
        json.get("id").asString(),
        json.path("bug").asString(null),
        json.get("storage").asBoolean(),
        object(json.path("cors")),
        object(json.path("settings")),
        json.path("setup").valueStream().map(Step::of).toList(),
        new Request(
            request.get("method").asString(),
            request.get("target").asString(),
            headers(request.get("headers")),
            request.path("body").asString("")),
        new Answer(
            json.get("status").asInt(), headers, segments, json.get("end").asString()));
  }

  static Map<String, JsonNode> object(JsonNode json) {
    Map<String, JsonNode> entries = new LinkedHashMap<>();
    json.forEachEntry(entries::put);
    return entries;
  }

  /** Of pairs of name and value; what a name has several times is joined. */
  static Map<String, String> headers(JsonNode pairs) {
    Map<String, String> headers = new LinkedHashMap<>();
    pairs.forEach(pair ->
        headers.merge(pair.get(0).asString(), pair.get(1).asString(), (a, b) -> a + ", " + b));
    return headers;
  }

  static String body(String compact) {
    return compact.replace("{2048 spaces}", " ".repeat(2_048));
  }

  /** Whether time passes in it: the recorded keep-alive is 20 s, which is too long for us. */
  boolean waits() {
    return answer.segments().stream().anyMatch(segment -> segment.after() instanceof Step.Wait);
  }

  @Override
  public String toString() {
    return id;
  }

  /** The client's request. */
  record Request(String method, String target, Map<String, String> headers, String body) {}

  /**
   * The answer.
   *
   * @param headers by name in lower case
   * @param end {@code open}, {@code complete} or {@code aborted}
   */
  record Answer(int status, Map<String, String> headers, List<Segment> segments, String end) {}

  /** The bytes that came after a step, until nothing came any more. */
  record Segment(Step after, String body) {}
}
