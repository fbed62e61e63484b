package io.gripstream.grip.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** A version of Pushpin that the test kit knows. docs/behind-a-proxy.md lists the differences. */
public enum PushpinVersion {
  /** Debian 12's version, of 2022. */
  V1_36("1.36"),
  /** The newest version, in the official image and Debian's unstable. */
  V1_41("1.41");

  /** For {@code @MethodSource}: the versions for tests that run on each version. */
  public static final String CHOSEN = "io.gripstream.grip.testkit.PushpinVersion#chosen";

  private static final String CHOICE = "PUSHPIN_VERSIONS";

  private final String number;

  PushpinVersion(String number) {
    this.number = number;
  }

  /**
   * Returns the versions that the environment variable {@code PUSHPIN_VERSIONS} names, such as
   * {@code 1.36} or {@code 1.36,1.41}, the oldest first. Default: all.
   *
   * @throws IllegalStateException if it names an unknown one
   */
  public static List<PushpinVersion> chosen() {
    String choice = System.getenv(CHOICE);
    return choice == null || choice.isBlank() ? List.of(values()) : parse(choice);
  }

  static List<PushpinVersion> parse(String choice) {
    var chosen = new ArrayList<PushpinVersion>();
    for (String name : choice.split(",", -1)) {
      chosen.add(Arrays.stream(values())
          .filter(version -> version.number.equals(name.strip()))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException(CHOICE + " has \"" + name
              + "\"; the test kit knows "
              + Arrays.stream(values()).map(v -> v.number).collect(Collectors.joining(", ")))));
    }
    Collections.sort(chosen);
    return chosen.stream().distinct().toList();
  }

  /**
   * Returns the version whose settings fit a Pushpin of that number: services have other names
   * since 1.40.
   */
  static PushpinVersion like(String number) {
    String[] parts = number.split("\\.", 3);
    int major = Integer.parseInt(parts[0]);
    return major > 1 || Integer.parseInt(parts[1]) >= 40 ? V1_41 : V1_36;
  }

  /**
   * Returns whether {@code %I} in an item's content names this item as the last of its channel, not
   * the one before it.
   */
  public boolean countsTheItemItself() {
    return this == V1_36;
  }

  /**
   * Returns whether an answer to a next link goes through its own filters, not those of the answer
   * before it.
   */
  public boolean filtersAnAnswerAsItSays() {
    return this != V1_36;
  }

  /** Returns whether it tells the origin when a client has left, as its features say. */
  public boolean hasGoneLinks() {
    return this != V1_36;
  }

  /** Major and minor number, such as {@code 1.41}. */
  @Override
  public String toString() {
    return number;
  }
}
