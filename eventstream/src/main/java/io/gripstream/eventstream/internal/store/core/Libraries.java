package io.gripstream.eventstream.internal.store.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The libraries that a storage needs. They are optional dependencies in the POM: an application
 * adds those of its storage only.
 */
public final class Libraries {
  private final String storage;
  private final Map<String, String> typeByArtifact = new LinkedHashMap<>();

  private Libraries(String storage) {
    this.storage = storage;
  }

  /** @param storage its name in a message */
  public static Libraries of(String storage) {
    return new Libraries(storage);
  }

  /** @param type the full name of a class in the artifact */
  public Libraries and(String artifact, String type) {
    typeByArtifact.put(artifact, type);
    return this;
  }

  /** @throws IllegalStateException if a library is missing; it names it */
  public void require() {
    List<String> missing = new ArrayList<>();
    typeByArtifact.forEach((artifact, type) -> {
      if (!isThere(type)) {
        missing.add(artifact);
      }
    });
    if (!missing.isEmpty()) {
      throw new IllegalStateException("storage in " + storage + " needs "
          + (missing.size() == 1 ? "a library that is" : "libraries that are")
          + " not on the class path: add " + String.join(", ", missing)
          + " to the dependencies of your application");
    }
  }

  private static boolean isThere(String type) {
    try {
      Class.forName(type, false, Libraries.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }
}
