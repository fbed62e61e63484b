package io.gripstream.eventstream.golden;

import io.gripstream.eventstream.testkit.StreamClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The events of clients of a real Pushpin in front of the reference.
 *
 * @param received what each client had got after each step, by its name
 * @param got what each had got in the end
 */
record ProxyRecording(
    String id, List<Step> steps, List<Map<String, String>> received, Map<String, Exchange> got) {
  private static final String KEEP_ALIVE = "event: keep-alive\ndata:\n\n";
  private static final Pattern KEEP_ALIVES = Pattern.compile("(" + KEEP_ALIVE + ")+");

  static Stream<ProxyRecording> all() {
    return Recording.lines("pushpin").map(ProxyRecording::of);
  }

  private static ProxyRecording of(JsonNode json) {
    List<Step> steps = new ArrayList<>();
    List<Map<String, String>> received = new ArrayList<>();
    Map<String, String> soFar = new TreeMap<>();
    for (JsonNode step : json.get("steps")) {
      steps.add(step.get("op").asString().startsWith("restart") ? new Step.Wait(0) : Step.of(step));
      step.path("received")
          .forEachEntry((client, bytes) ->
              soFar.merge(client, Recording.body(bytes.asString()), String::concat));
      received.add(Map.copyOf(soFar));
    }
    List<String> ended = json.get("ended").valueStream().map(JsonNode::asString).toList();
    Map<String, Exchange> got = new LinkedHashMap<>();
    json.get("responses").forEachEntry((client, response) -> {
      Map<String, String> headers = new HashMap<>();
      response.get("headers").forEachEntry((name, value) -> headers.put(name, value.asString()));
      got.put(
          client,
          exchange(
              json.get("id").asString(),
              response.get("status").asInt(),
              headers,
              soFar.getOrDefault(client, ""),
              ended.contains(client)));
    });
    return new ProxyRecording(json.get("id").asString(), steps, received, got);
  }

  /**
   * Keep-alives count only in the recording about them. How many come one after the other is a
   * matter of seconds there too: a slow machine would miss the second in which it is one.
   */
  private static Exchange exchange(
      String id, int status, Map<String, String> headers, String body, boolean ends) {
    boolean beats = id.equals("pushpin/keep-alive");
    String kept = KEEP_ALIVES.matcher(body).replaceAll(beats ? KEEP_ALIVE : "");
    return Exchange.of(status, headers, kept, ends);
  }

  boolean hasPrefix() {
    return id.startsWith("pushpin/prefix-");
  }

  boolean beats() {
    return id.equals("pushpin/keep-alive");
  }

  /**
   * Does the same with our plugin, and waits after each step until all clients have what they had
   * then; in the end until they have got the same, or are known to have got something else.
   *
   * @param isSame which of the two is expected
   * @param patience how long to wait after a step, at most
   * @throws IllegalArgumentException if a step is refused
   */
  Map<String, Exchange> replay(
      Application application, URI proxy, boolean isSame, Duration patience) {
    Map<String, StreamClient> clients = new LinkedHashMap<>();
    try {
      for (int i = 0; i < steps.size(); i++) {
        Step step = steps.get(i);
        if (step instanceof Step.Open open) {
          clients.put(
              open.client(), StreamClient.open(proxy.resolve(open.target()), open.headers()));
        } else if (step instanceof Step.Close close) {
          clients.remove(close.client()).close();
        } else {
          application.take(step);
        }
        Map<String, String> wanted = received.get(i);
        await(
            () -> clients.entrySet().stream()
                .allMatch(client -> exchange(client.getValue())
                    .frames()
                    .equals(frames(client.getKey(), wanted.getOrDefault(client.getKey(), "")))),
            patience);
      }
      await(() -> got(clients).equals(got) == isSame, Duration.ofSeconds(15));
      return got(clients);
    } finally {
      clients.values().forEach(StreamClient::close);
    }
  }

  private Map<String, Exchange> got(Map<String, StreamClient> clients) {
    Map<String, Exchange> all = new LinkedHashMap<>();
    clients.forEach((name, client) -> all.put(name, exchange(client)));
    return all;
  }

  private List<String> frames(String client, String body) {
    int status = got.containsKey(client) ? got.get(client).status() : 200;
    return exchange(id, status, Map.of(), body, false).frames();
  }

  private Exchange exchange(StreamClient client) {
    boolean ends = client.isEnded();
    String body = new String(client.body(), StandardCharsets.UTF_8);
    return exchange(id, client.status(), client.headers(), body, ends);
  }

  private static void await(BooleanSupplier condition, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public String toString() {
    return id;
  }
}
