import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.maven.artifact.versioning.ComparableVersion;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares a list of components with advisories; see scripts/check-advisories. */
final class CheckAdvisories {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String WEBJAR = "org.webjars.npm:";

  private final Map<String, Set<String>> components = new HashMap<>();
  private final Set<String> ignored = new HashSet<>();
  private final Set<String> found = new TreeSet<>();
  private final Set<String> ecosystems = new TreeSet<>();
  private Instant newest = Instant.MIN;
  private int advisories;

  private static final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  /** Arguments: the list of components, and what scripts/check-advisories documents. */
  public static void main(String[] arguments) {
    try {
      System.exit(new CheckAdvisories().run(List.of(arguments)));
    } catch (Unusable e) {
      System.err.println("check-advisories: " + e.getMessage());
    } catch (IOException | UncheckedIOException e) {
      System.err.println("check-advisories: cannot be read: " + e);
    }
    System.exit(2);
  }

  private int run(List<String> arguments) throws IOException {
    int days = 30;
    Path data = null;
    for (int i = 1; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      boolean hasValue = i + 1 < arguments.size();
      if (argument.equals("--days") && hasValue && arguments.get(i + 1).matches("[0-9]{1,4}")) {
        days = Integer.parseInt(arguments.get(++i));
      } else if (argument.equals("--ignore") && hasValue) {
        ignored.add(arguments.get(++i));
      } else if (argument.startsWith("-") || data != null) {
        throw new Unusable("\"" + argument + "\" is not an option, or its value is missing; see --help");
      } else {
        data = Path.of(argument);
      }
    }
    if (data == null) {
      throw new Unusable("which advisories? See --help");
    }
    readComponents(Path.of(arguments.get(0)));
    readAdvisories(data);
    if (!ecosystems.contains("Maven")) {
      throw new Unusable(data + " has no advisory of the ecosystem Maven");
    }
    long age = Duration.between(newest, Instant.now()).toDays();
    found.forEach(System.out::println);
    System.out.printf(
        "%d components, %d advisories of %s, the newest of %s: %d affect us%n",
        components.size(), advisories, String.join(" and ", ecosystems), newest, found.size());
    if (age > days) {
      throw new Unusable("the newest advisory of " + data + " is " + age + " days old, more than "
          + days + ": fetch the data again");
    }
    return found.isEmpty() ? 0 : 1;
  }

  private void readComponents(Path file) throws IOException {
    JsonNode list = json(Files.readString(file), file.toString()).path("components");
    for (JsonNode component : list) {
      String purl = component.path("purl").stringValue("");
      if (purl.startsWith("pkg:maven/")) {
        String[] parts = purl.substring("pkg:maven/".length()).split("[?#]", 2)[0].split("[/@]");
        if (parts.length != 3) {
          throw new Unusable(file + ": \"" + purl + "\" has no group, name and version");
        }
        String name = decoded(parts[0]) + ":" + decoded(parts[1]);
        add("Maven", name, decoded(parts[2]));
        if (name.startsWith(WEBJAR)) {
          // It holds a package of npm, of which its advisories speak.
          add("npm", name.substring(WEBJAR.length()), decoded(parts[2]));
        }
      }
    }
    if (components.isEmpty()) {
      throw new Unusable(file + " has no component of Maven: is it a CycloneDX list in JSON?");
    }
  }

  private void add(String ecosystem, String name, String version) {
    components.computeIfAbsent(ecosystem + " " + name, none -> new TreeSet<>()).add(version);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private void readAdvisories(Path data) throws IOException {
    if (Files.isDirectory(data)) {
      try (Stream<Path> files = Files.walk(data)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
          advisory(Files.readString(file), file.toString());
        }
      }
    } else if (data.toString().endsWith(".zip")) {
      try (ZipFile zip = new ZipFile(data.toFile())) {
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
          ZipEntry entry = entries.nextElement();
          if (entry.getName().endsWith(".json")) {
            try (InputStream in = zip.getInputStream(entry)) {
              advisory(
                  new String(in.readAllBytes(), StandardCharsets.UTF_8),
                  data + ", " + entry.getName());
            }
          }
        }
      }
    } else {
      try (BufferedReader lines = new BufferedReader(
          new InputStreamReader(Files.newInputStream(data), StandardCharsets.UTF_8))) {
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          number++;
          if (!line.isBlank()) {
            advisory(line, data + ", line " + number);
          }
        }
      }
    }
  }

  private static JsonNode json(String text, String where) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      throw new Unusable(where + " is not JSON");
    }
  }

  private void advisory(String text, String where) {
    JsonNode advisory = json(text, where);
    String id = advisory.path("id").stringValue("");
    if (id.isEmpty() || !advisory.path("modified").isString()) {
      throw new Unusable(where + " is not an advisory: it has no id, or no time (modified)");
    }
    advisories++;
    try {
      Instant modified = Instant.parse(advisory.get("modified").stringValue());
      newest = modified.isAfter(newest) ? modified : newest;
    } catch (DateTimeException e) {
      throw new Unusable(where + ": \"modified\" is not a time");
    }
    List<String> names = new ArrayList<>(List.of(id));
    advisory.path("aliases").forEach(alias -> names.add(alias.stringValue("")));
    for (JsonNode affected : advisory.path("affected")) {
      // A repository may follow, as in "Maven:https://…".
      String ecosystem =
          affected.path("package").path("ecosystem").stringValue("").split(":", 2)[0];
      ecosystems.add(ecosystem);
      if (advisory.has("withdrawn") || names.stream().anyMatch(ignored::contains)) {
        continue;
      }
      String name = affected.path("package").path("name").stringValue("");
      for (String version : components.getOrDefault(ecosystem + " " + name, Set.of())) {
        if (isAffected(affected, version)) {
          found.add(String.join(" ", names) + ": " + name + " " + version + ", " + fixed(affected)
              + ": " + advisory.path("summary").stringValue("no summary"));
        }
      }
    }
  }

  /** As the specification of the format says: listed, or within a range. */
  private static boolean isAffected(JsonNode affected, String version) {
    for (JsonNode listed : affected.path("versions")) {
      if (listed.stringValue("").equals(version)) {
        return true;
      }
    }
    for (JsonNode range : affected.path("ranges")) {
      if (!range.path("type").stringValue("").equals("GIT") && isWithin(range, version)) {
        return true;
      }
    }
    return false;
  }

  /** @param kind such as fixed */
  private record Edge(String kind, String version) {
    int compareTo(String other) {
      return version.equals("0")
          ? -1
          : new ComparableVersion(version).compareTo(new ComparableVersion(other));
    }
  }

  private static boolean isWithin(JsonNode range, String version) {
    List<Edge> edges = new ArrayList<>();
    for (JsonNode event : range.path("events")) {
      event.properties().forEach(
          edge -> edges.add(new Edge(edge.getKey(), edge.getValue().stringValue(""))));
    }
    edges.sort(Comparator.comparing(
        Edge::version,
        (one, other) -> one.equals("0") || other.equals("0")
            ? Boolean.compare(other.equals("0"), one.equals("0"))
            : new ComparableVersion(one).compareTo(new ComparableVersion(other))));
    boolean isWithin = false;
    for (Edge edge : edges) {
      int order = edge.compareTo(version);
      switch (edge.kind()) {
        case "introduced" -> isWithin |= order <= 0;
        case "fixed", "limit" -> isWithin &= order > 0;
        case "last_affected" -> isWithin &= order >= 0;
        default -> throw new Unusable("an advisory has an event \"" + edge.kind() + "\"");
      }
    }
    return isWithin;
  }

  private static String fixed(JsonNode affected) {
    Set<String> versions = new TreeSet<>(
        Comparator.comparing(ComparableVersion::new));
    for (JsonNode range : affected.path("ranges")) {
      for (JsonNode event : range.path("events")) {
        if (event.has("fixed") && !range.path("type").stringValue("").equals("GIT")) {
          versions.add(event.get("fixed").stringValue(""));
        }
      }
    }
    return versions.isEmpty() ? "not fixed" : "fixed in " + String.join(", ", versions);
  }
}
