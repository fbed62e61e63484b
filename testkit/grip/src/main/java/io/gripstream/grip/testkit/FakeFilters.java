package io.gripstream.grip.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Pushpin's filters, those that apply to streams. */
final class FakeFilters {

  private FakeFilters() {}

  /**
   * Returns whether a client does not get an item.
   *
   * @param filters of the item's channel
   * @param meta of the session
   * @param held all channels of the session
   */
  static boolean drops(
      FakeItem item, List<String> filters, Map<String, String> meta, List<String> held) {
    String user = meta.getOrDefault("user", "");
    for (String filter : filters) {
      boolean drop = switch (filter) {
        case "skip-self" -> !user.isEmpty() && user.equals(item.meta("sender"));
        case "skip-users" ->
          !user.isEmpty()
              && List.of(item.meta("skip_users").split("\\s*,\\s*", -1)).contains(user);
        case "require-sub" ->
          !item.meta("require_sub").isEmpty() && !held.contains(item.meta("require_sub"));
        default -> false;
      };
      if (drop) {
        return true;
      }
    }
    return false;
  }

  /** Returns the content for this client, or null if Pushpin would close the stream. */
  static byte @Nullable [] content(
      FakeItem item,
      JsonNode format,
      FakeInstruct.Subscription channel,
      FakeInstruct instruct,
      Map<String, String> positions) {
    List<String> filters = channel.filters().stream()
        .filter(name -> name.equals("build-id") || name.equals("var-subst"))
        .toList();
    if (format.has("content-filters")) {
      var wanted = new ArrayList<String>();
      format.get("content-filters").forEach(name -> wanted.add(name.stringValue()));
      if (!wanted.equals(filters)) {
        return null;
      }
    }
    byte[] content = FakeItem.bytes(format, "content");
    if (!filters.contains("build-id")) {
      return content;
    }
    String idFormat = instruct.meta().get("id_format");
    String id = idFormat == null ? null : expand(idFormat, 's', positions::get);
    if (id == null) {
      return null;
    }
    String text = new String(content, StandardCharsets.UTF_8).replace("%I", "%()I");
    String built = expand(text, 'I', literal -> literal.isEmpty() ? id : literal);
    return built == null ? null : built.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Returns the body of an answer, which also goes through the filter build-id; null if Pushpin
   * would end the stream.
   *
   * @param instruct the one whose filters apply
   */
  static byte @Nullable [] body(byte[] body, FakeInstruct instruct) {
    boolean filtered =
        instruct.channels().stream().anyMatch(held -> held.filters().contains("build-id"));
    if (!filtered) {
      return body;
    }
    String built = expand(new String(body, StandardCharsets.UTF_8), 'I', literal -> literal);
    return built == null ? null : built.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Replaces {@code %(x)} and the letter. {@code %%} is a percent sign, any other percent sign is
   * an error.
   */
  private static @Nullable String expand(
      String text, char letter, Function<String, @Nullable String> value) {
    var result = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        result.append(c);
      } else if (text.startsWith("%", i + 1)) {
        result.append('%');
        i++;
      } else {
        int end = text.indexOf(")" + letter, i);
        if (!text.startsWith("(", i + 1) || end < 0) {
          return null;
        }
        String replacement = value.apply(text.substring(i + 2, end));
        if (replacement == null) {
          return null;
        }
        result.append(replacement);
        i = end + 1;
      }
    }
    return result.toString();
  }
}
