package io.gripstream.eventstream.golden;

import io.gripstream.eventstream.golden.Publishing.Post;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The items that the reference published to its proxies.
 *
 * @param settings its GRIP settings, by name
 * @param answers what the control endpoint answered at first
 * @param published what came, and which steps failed
 */
record PublishRecording(
    String id,
    boolean isStored,
    Map<String, JsonNode> settings,
    List<Step> steps,
    List<Integer> answers,
    Published published) {

  /** @param failed which steps failed, by their numbers from 0 */
  record Published(List<Integer> failed, List<Post> posts) {}

  static Stream<PublishRecording> all() {
    return Recording.lines("publish").map(PublishRecording::of);
  }

  private static PublishRecording of(JsonNode json) {
    List<Post> posts = json.get("published")
        .valueStream()
        .map(post -> Post.of(
            post.get("path").asString(),
            authorization(post.get("authorization")),
            post.get("items")))
        .toList();
    List<Integer> failed = new ArrayList<>();
    for (int i = 0; i < json.get("steps").size(); i++) {
      if (json.get("steps").get(i).get("status").asInt() != 200) {
        failed.add(i);
      }
    }
    return new PublishRecording(
        json.get("id").asString(),
        json.get("storage").asBoolean(),
        Recording.object(json.get("settings")),
        json.get("steps").valueStream().map(Step::of).toList(),
        json.path("answers").valueStream().map(JsonNode::asInt).toList(),
        new Published(failed, Post.merged(posts)));
  }

  private static String authorization(JsonNode recorded) {
    if (recorded.isObject()) {
      return Publishing.jwt(recorded.get("alg").asString(), recorded.get("iss").asString());
    }
    return recorded.isNull() ? "none" : recorded.asString();
  }

  /** Does the same with our plugin, until the same was published, or it does not come. */
  Published replay(Duration patience) {
    try (Publishing control = Publishing.start(answers);
        Application application = Application.start(
            isStored, config -> Application.grip(config, settings, control.uri()))) {
      List<Integer> failed = new ArrayList<>();
      for (int i = 0; i < steps.size(); i++) {
        try {
          application.take(steps.get(i));
        } catch (IllegalArgumentException refused) {
          failed.add(i);
        }
      }
      long deadline = System.nanoTime() + patience.toNanos();
      while (!control.posts().equals(published.posts) && System.nanoTime() < deadline) {
        LockSupport.parkNanos(1_000_000);
      }
      application.server().events().flush(patience);
      return new Published(failed, control.posts());
    }
  }

  @Override
  public String toString() {
    return id;
  }
}
