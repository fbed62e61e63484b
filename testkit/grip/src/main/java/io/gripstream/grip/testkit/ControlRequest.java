package io.gripstream.grip.testkit;

import java.util.List;
import java.util.Map;

/**
 * A request as the control endpoint received it.
 *
 * @param target path and query
 * @param headers by name in lower case
 */
public record ControlRequest(
    String method, String target, Map<String, List<String>> headers, byte[] body) {

  /** The only value of a header, or the empty text. */
  public String header(String name) {
    return String.join(", ", headers.getOrDefault(name, List.of()));
  }
}
