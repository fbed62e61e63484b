package io.gripstream.eventstream.conformance;

import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.StreamRequest;
import io.gripstream.eventstream.StreamRoutes;
import io.gripstream.eventstream.TestStorage;
import io.gripstream.eventstream.internal.Interior;
import io.gripstream.eventstream.testkit.FaultyStore;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import java.io.File;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.BeforeClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One application with two doors: its own port, and a real Pushpin in front of it. The user is what
 * the header {@code X-User} says, and the right to read ends at {@code X-Until}; the channels are
 * those of {@link HouseRules}. A {@code ClassTemplate} of tests runs once on each chosen version of
 * Pushpin, each time on another storage. {@code CONFORMANCE_STORAGE} names one for all rounds, such
 * as {@code SQLITE}.
 */
final class TwoDoors implements ClassTemplateInvocationContextProvider {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** Streams with other settings, below {@code /NAME/}. */
  private static final List<String> OTHERS =
      List.of("unstored", "beating", "cors-any", "cors-list", "cors-credentials");

  private static final Set<String> ORIGINS =
      Set.of("https://one.example", "https://two.example:8443");

  final HouseRules rules = new HouseRules();
  private final boolean isUnderTomcatToo;
  private final Map<String, Served> servers = new HashMap<>();
  private Path folder;
  private Pushpin pushpin;
  private Served main;

  /** Under Javalin. */
  TwoDoors() {
    this(false);
  }

  private TwoDoors(boolean isUnderTomcatToo) {
    this.isUnderTomcatToo = isUnderTomcatToo;
  }

  /** Also under Tomcat, with the newest Pushpin. */
  static TwoDoors underEachServer() {
    return new TwoDoors(true);
  }

  /** An event stream that is served. */
  private record Served(
      EventStream events, @Nullable FaultyStore store, int port, AutoCloseable server) {
    URI uri(String path) {
      return URI.create("http://127.0.0.1:" + port + path);
    }
  }

  @Override
  public boolean supportsClassTemplate(ExtensionContext context) {
    return true;
  }

  @Override
  public Stream<Behind> provideClassTemplateInvocationContexts(ExtensionContext context) {
    List<PushpinVersion> versions = PushpinVersion.chosen();
    Stream<Behind> javalin = versions.stream()
        .map(version -> new Behind(
            version,
            false,
            version == PushpinVersion.V1_36 ? TestStorage.REDIS : TestStorage.POSTGRESQL));
    PushpinVersion newest = versions.get(versions.size() - 1);
    return isUnderTomcatToo
        ? Stream.concat(javalin, Stream.of(new Behind(newest, true, TestStorage.SQLITE)))
        : javalin;
  }

  /** One round of the tests. */
  private final class Behind
      implements ClassTemplateInvocationContext,
          BeforeClassTemplateInvocationCallback,
          AfterClassTemplateInvocationCallback {
    private final PushpinVersion version;
    private final boolean isTomcat;
    private final TestStorage storage;

    Behind(PushpinVersion version, boolean isTomcat, TestStorage storage) {
      this.version = version;
      this.isTomcat = isTomcat;
      String chosen = System.getenv("CONFORMANCE_STORAGE");
      this.storage = chosen == null ? storage : TestStorage.valueOf(chosen);
    }

    @Override
    public String getDisplayName(int invocation) {
      return "Pushpin " + version + (isTomcat ? ", Tomcat, " : ", ") + storage;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(this);
    }

    @Override
    public void beforeClassTemplateInvocation(ExtensionContext context) throws Exception {
      open(version, isTomcat, storage);
    }

    @Override
    public void afterClassTemplateInvocation(ExtensionContext context) throws Exception {
      close();
    }
  }

  private void open(PushpinVersion version, boolean isTomcat, TestStorage storage)
      throws Exception {
    folder = Files.createTempDirectory("conformance");
    List<Integer> ports = Ports.free(1 + OTHERS.size());
    Pushpin.Builder proxy =
        Pushpin.builder().version(version).handlerSetting("message_wait", "1000");
    for (int i = 0; i < OTHERS.size(); i++) {
      proxy.route("*,path_beg=/" + OTHERS.get(i) + "/ 127.0.0.1:" + ports.get(1 + i));
    }
    pushpin = proxy.route("* 127.0.0.1:" + ports.get(0)).start();
    for (int i = 0; i < OTHERS.size(); i++) {
      servers.put(OTHERS.get(i), start(isTomcat, OTHERS.get(i), ports.get(1 + i)));
    }
    main = serve(
        isTomcat,
        FaultyStore.of(EventStores.of(storage.newUrl(folder))),
        ports.get(0),
        config -> config
            .proxy(pushpin.gripUrl())
            .channelManager(rules)
            .channelRules(HouseRules::of)
            .user(TwoDoors::user)
            .expiry(request ->
                request.header("X-Until") == null ? null : Instant.parse(request.header("X-Until")))
            .clock(Clock.systemUTC()),
        routes -> routes
            .queryParam("/events")
            .pathParam("/events/{channel}")
            .channels("/fixed", "fixed-a", "fixed-b")
            .template("/objects/{id}/{part}/events", "object-{id}", "{part}-of-{id}"));
    pushpin.awaitStream(channels("ready"));
  }

  private Served start(boolean isTomcat, String name, int port) throws Exception {
    return serve(
        isTomcat,
        name.equals("unstored") ? null : FaultyStore.inMemory(),
        port,
        config -> {
          config.proxy(pushpin.gripUrl()).gripPrefix(name + "-");
          switch (name) {
            case "beating" -> config.keepAlive(Duration.ofSeconds(1));
            case "cors-any" -> config.cors(Cors.of("*"));
            case "cors-list" -> config.cors(Cors.of(ORIGINS));
            case "cors-credentials" ->
              config.cors(Cors.of(ORIGINS).withCredentials().withHeaders("X-Token"));
            default -> {
              // As it comes.
            }
          }
        },
        routes -> routes.queryParam("/" + name + "/events"));
  }

  private static Served serve(
      boolean isTomcat,
      @Nullable FaultyStore store,
      int port,
      Consumer<EventStreamConfig> configure,
      Consumer<StreamRoutes> routes)
      throws Exception {
    if (isTomcat) {
      EventStream events = EventStream.create(config -> {
        if (store != null) {
          config.store(store);
        }
        configure.accept(config);
      });
      TomcatDoor door = new TomcatDoor(events, Interior.endpoints(events, routes), port);
      return new Served(events, store, port, door);
    }
    StreamServer.Builder builder =
        StreamServer.builder().port(port).configure(configure).routes(routes);
    StreamServer server = (store == null ? builder.withoutStore() : builder.store(store)).start();
    return new Served(server.events(), store == null ? null : server.store(), port, server);
  }

  /** Percent-encoded in the request: a header is Latin-1 at best. */
  private static @Nullable String user(StreamRequest request) {
    String encoded = request.header("X-User");
    return encoded == null ? null : URLDecoder.decode(encoded, StandardCharsets.UTF_8);
  }

  private void close() throws Exception {
    main.server().close();
    for (Served other : servers.values()) {
      other.server().close();
    }
    servers.clear();
    pushpin.close();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }

  /** A name that no case had before: Pushpin remembers the ids of a channel for a minute. */
  static String unique(String name) {
    return name + "-" + COUNT.incrementAndGet();
  }

  EventStream events() {
    return main.events();
  }

  /** The doors without a storage. */
  EventStream unstored() {
    return servers.get("unstored").events();
  }

  FaultyStore store() {
    return Objects.requireNonNull(main.store());
  }

  void send(String channel, String... data) {
    for (String text : data) {
      events().send(channel, "message", text);
    }
  }

  void sendSkipping(String user, String channel, String data) {
    events().send(Draft.of(channel, "message", data).withSkippedUsers(user));
  }

  TwoClients open(String path) {
    return open(path, Map.of());
  }

  TwoClients resume(String path, String lastEventId) {
    return open(path, Map.of("Last-Event-ID", lastEventId));
  }

  TwoClients open(String path, Map<String, String> headers) {
    return request("GET", path, headers);
  }

  TwoClients request(String method, String path, Map<String, String> headers) {
    StreamClient direct = StreamClient.request(method, direct(path), headers);
    return new TwoClients(direct, StreamClient.request(method, proxied(path), headers));
  }

  URI direct(String path) {
    String first = path.substring(1, Math.max(1, path.indexOf('/', 1)));
    return servers.getOrDefault(first, main).uri(path);
  }

  URI proxied(String path) {
    return pushpin.uri().resolve(path);
  }

  /** The path of a stream of these channels. */
  static String channels(String... names) {
    StringBuilder path = new StringBuilder("/events");
    for (String name : names) {
      path.append(path.length() == 7 ? '?' : '&').append("channel=").append(encoded(name));
    }
    return path.toString();
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
