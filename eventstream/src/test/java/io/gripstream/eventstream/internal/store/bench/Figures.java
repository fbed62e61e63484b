package io.gripstream.eventstream.internal.store.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The figures: per measure, ours and the compared ones; the median of each counts. */
final class Figures {
  private final Map<String, Map<String, List<Double>>> measured = new LinkedHashMap<>();

  void note(String measure, String what, double value) {
    measured
        .computeIfAbsent(measure, fresh -> new LinkedHashMap<>())
        .computeIfAbsent(what, fresh -> new ArrayList<>())
        .add(value);
    System.err.printf(Locale.ROOT, "%-28s %-20s %12.2f%n", measure, what, value);
  }

  void print(boolean json) {
    Map<String, Map<String, Double>> medians = new LinkedHashMap<>();
    measured.forEach((measure, all) -> all.forEach((what, values) -> medians
        .computeIfAbsent(measure, fresh -> new LinkedHashMap<>())
        .put(what, Math.round(median(values) * 100) / 100.0)));
    if (json) {
      System.out.println(JsonMapper.builder().build().writeValueAsString(medians));
      return;
    }
    medians.forEach((measure, all) -> all.forEach((what, value) ->
        System.out.printf(Locale.ROOT, "%-28s %-20s %12.2f%n", measure, what, value)));
  }

  static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
