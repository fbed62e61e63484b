package io.gripstream.app.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads YAML. Separate from {@link Sources}, so that a program without a file does not load the
 * parser.
 */
final class YamlFile {
  private YamlFile() {}

  /** @throws ConfigException if it is not YAML, or not an object */
  static Map<String, @Nullable Object> parse(Path file, String text) {
    if (text.isBlank()) {
      return Map.of();
    }
    try {
      Map<String, Object> content =
          mapper().readValue(text, new TypeReference<TreeMap<String, Object>>() {});
      return content == null ? Map.of() : named(content);
    } catch (JacksonException e) {
      var where = e.getLocation();
      // The message may quote the file, and so a secret: only the place in its first line is used.
      String place = where == null ? "" : " (line " + where.getLineNr() + ")";
      throw new ConfigException(
          file + place
              + " is not a YAML object of keys and values, or has a key twice; check indentation and colons");
    }
  }

  /** A list of anything, also nulls; empty: it is not a list. */
  static Optional<List<@Nullable Object>> list(String text) {
    try {
      List<Object> list = mapper().readValue(text, new TypeReference<List<Object>>() {});
      return Optional.of(listed(list));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** Returns whether a text is an object, given by mistake in place of a list. */
  static boolean isObject(String text) {
    if (!text.strip().startsWith("{")) {
      return false;
    }
    try {
      return mapper().readValue(text, Object.class) instanceof Map<?, ?>;
    } catch (JacksonException e) {
      return false;
    }
  }

  /** The parser takes {@code ~} for a text; in YAML it means null. */
  private static @Nullable Object value(@Nullable Object parsed) {
    return "~".equals(parsed)
        ? null
        : parsed instanceof Map<?, ?> map
            ? named(map)
            : parsed instanceof List<?> list ? listed(list) : parsed;
  }

  private static Map<String, @Nullable Object> named(Map<?, ?> parsed) {
    // In the order of the file, in which it is also printed.
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    parsed.forEach((name, found) -> values.put(String.valueOf(name), value(found)));
    return values;
  }

  private static List<@Nullable Object> listed(List<?> parsed) {
    List<@Nullable Object> values = new ArrayList<>();
    parsed.forEach(found -> values.add(value(found)));
    return values;
  }

  private static YAMLMapper mapper() {
    return YAMLMapper.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();
  }
}
