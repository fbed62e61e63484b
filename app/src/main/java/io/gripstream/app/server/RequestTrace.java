package io.gripstream.app.server;

import io.gripstream.app.api.Json;
import io.gripstream.app.auth.Authenticator;
import io.gripstream.app.auth.Caller;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.javalin.JavalinRequests;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A stream request as it arrived at the server, which shows the changes of a proxy. Sent in a
 * header of the answer to an administrator who asks, for {@code gripstream doctor} and the console.
 *
 * @param path as it arrived, not decoded
 * @param forwardedFor the elements of {@code X-Forwarded-For}; empty: none
 * @param features of the proxy, from {@code Grip-Feature}; empty: no GRIP proxy, or a silent one
 * @param channels the {@code Grip-Channel} lines of the answer, as the proxy read them
 */
public record RequestTrace(
    String path, List<String> forwardedFor, List<String> features, List<String> channels) {

  /** A request with this header, with any value, asks for the trace. */
  public static final String ASK = "Gripstream-Doctor";

  /** The answer's header. It does not begin with {@code Grip-}: proxies keep those. */
  private static final String TOLD = "Gripstream-Seen";

  private static final Pattern LIST = Pattern.compile("\\s*,\\s*");

  public RequestTrace {
    forwardedFor = List.copyOf(forwardedFor);
    features = List.copyOf(features);
    channels = List.copyOf(channels);
  }

  /** Adds the header to an answer that is otherwise complete. */
  static void tell(Context ctx, EventStream events, Authenticator authenticator) {
    if (ctx.header(ASK) == null) {
      return;
    }
    Caller caller = authenticator.ofStream(ctx);
    if (!caller.admin()) {
      return;
    }
    Map<String, Object> seen = new LinkedHashMap<>();
    seen.put("path", ctx.req().getRequestURI());
    seen.put("forwarded_for", elements(ctx, "X-Forwarded-For"));
    events.proxyOf(JavalinRequests.of(ctx)).ifPresent(proxy -> seen.put("proxy", proxy));
    seen.put("features", elements(ctx, "Grip-Feature"));
    seen.put("channels", List.copyOf(ctx.res().getHeaders("Grip-Channel")));
    ctx.header(TOLD, ascii(Json.write(seen)));
  }

  /** Reads the header of an answer; empty: none, or unreadable. */
  public static Optional<RequestTrace> read(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    try {
      JsonNode seen = Json.parse(header.getBytes(StandardCharsets.UTF_8));
      return Optional.of(new RequestTrace(
          seen.path("path").asString(),
          texts(seen.path("forwarded_for")),
          texts(seen.path("features")),
          texts(seen.path("channels"))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The header to read it from. */
  public static String header() {
    return TOLD;
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private static List<String> elements(Context ctx, String header) {
    return Collections.list(ctx.req().getHeaders(header)).stream()
        .flatMap(LIST::splitAsStream)
        .map(String::strip)
        .filter(element -> !element.isEmpty())
        .toList();
  }

  private static String ascii(String json) {
    return json.chars().allMatch(c -> c >= 0x20 && c < 0x7f)
        ? json
        : json.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
