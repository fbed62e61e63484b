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
 */
record Recording(
    String id,
    @Nullable String bug,
    boolean isStored,
    Map<String, JsonNode> cors,
    List<Step> setup,
    Request request,
    Answer answer) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** One line of a resource is one recording. */
  static Stream<Recording> all(String name) {
    InputStream resource = Objects.requireNonNull(
        Recording.class.getResourceAsStream("/golden/" + name + ".jsonl"), name);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      return lines.lines().map(line -> of(JSON.readTree(line))).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Recording of(JsonNode json) {
    Map<String, JsonNode> cors = new LinkedHashMap<>();
    json.path("cors").forEachEntry(cors::put);
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
        cors,
        json.path("setup").valueStream().map(Step::of).toList(),
        new Request(
            request.get("method").asString(),
            request.get("target").asString(),
            request
                .get("headers")
                .valueStream()
                .map(header -> Map.entry(header.get(0).asString(), header.get(1).asString()))
                .toList(),
            request.path("body").asString("")),
        new Answer(
            json.get("status").asInt(), headers, segments, json.get("end").asString()));
  }

  private static String body(String compact) {
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

  /** What the client sends. */
  record Request(
      String method, String target, List<Map.Entry<String, String>> headers, String body) {}

  /**
   * What came back.
   *
   * @param headers by name in lower case
   * @param end {@code open}, {@code complete} or {@code aborted}
   */
  record Answer(int status, Map<String, String> headers, List<Segment> segments, String end) {}

  /** The bytes that came after a step, until nothing came any more. */
  record Segment(Step after, String body) {}

  /** Something that is done beside the request. */
  sealed interface Step {
    /** Sending the request itself. */
    record Asked() implements Step {}

    /** @param data the text that Python's {@code json.dumps} makes of the value */
    record Send(String channel, String type, List<String> data, List<String> skipUsers)
        implements Step {}

    record Deny(String user, String channel) implements Step {}

    record PermissionChanged(@Nullable String user, String channel) implements Step {}

    record Forget(String channel, long upTo) implements Step {}

    record Wait(double seconds) implements Step {}

    static Step of(JsonNode json) {
      if (json.isString()) {
        return new Asked();
      }
      String channel = json.path("channel").asString("");
      return switch (json.get("op").asString()) {
        case "send" ->
          new Send(
              channel,
              json.get("type").asString(),
              List.of(json.get("text").asString()),
              json.path("skip_user_ids").valueStream().map(JsonNode::asString).toList());
        case "sends" ->
          new Send(
              channel,
              json.get("type").asString(),
              json.get("texts").valueStream().map(JsonNode::asString).toList(),
              List.of());
        case "deny" -> new Deny(json.get("user").asString(), channel);
        case "permission-changed" ->
          new PermissionChanged(
              json.get("user").isNull() ? null : json.get("user").asString(), channel);
        case "delete-event" -> new Forget(channel, json.get("up_to").asLong());
        case "wait" -> new Wait(json.get("seconds").asDouble());
        default -> throw new IllegalArgumentException("unknown step " + json);
      };
    }
  }
}
