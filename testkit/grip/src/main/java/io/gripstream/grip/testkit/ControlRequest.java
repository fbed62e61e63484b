package io.gripstream.grip.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A request as the control endpoint received it.
 *
 * @param target path and query
 * @param headers by name in lower case
 */
public record ControlRequest(
    String method, String target, Map<String, List<String>> headers, byte[] body) {

  public ControlRequest {
    headers = Map.copyOf(headers);
    body = body.clone();
  }

  @Override
  public byte[] body() {
    return body.clone();
  }

  /** The only value of a header, or the empty text. */
  public String header(String name) {
    return String.join(", ", headers.getOrDefault(name, List.of()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ControlRequest that
        && method.equals(that.method)
        && target.equals(that.target)
        && headers.equals(that.headers)
        && Arrays.equals(body, that.body);
  }

  @Override
  public int hashCode() {
    return Objects.hash(method, target, headers, Arrays.hashCode(body));
  }
}
