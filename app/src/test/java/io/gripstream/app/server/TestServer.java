package io.gripstream.app.server;

import io.gripstream.app.api.Checkup;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.gripstream.app.config.SettingsReader;
import io.gripstream.app.config.Sources;
import io.gripstream.eventstream.testkit.StreamClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server in this process on a free port, with nothing stored on disk, and requests to it. */
public final class TestServer implements AutoCloseable {
  /** The key for the server's own test channel. */
  public static final String OWN_KEY = "0123456789abcdef-own";

  /** The key of a server for which none is configured, as {@code serve} would have made one. */
  public static final String MADE_KEY = "9e8d7c6b5a4f3e2d1c0b";

  /** The only one of {@link #withKey}. */
  public static final String KEY = "3f9a8b7c6d5e4f3a2b1c";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Finds what is asked for. */
  private static final Checkup CHECKUP = (isThorough, each) ->
      each.accept(new Checkup.Result("ok", "test", isThorough ? "thorough" : "quick"));

  private final OkHttpClient client = new OkHttpClient.Builder()
      .followRedirects(false)
      .readTimeout(java.time.Duration.ofSeconds(30))
      .build();
  private final Server server;
  private final @Nullable String madeKey;

  private TestServer(Server server, @Nullable String madeKey) {
    this.server = server;
    this.madeKey = madeKey;
  }

  /** Starts one with these environment variables. */
  public static TestServer start(Map<String, String> environment) {
    return start(environment, Clock.systemUTC());
  }

  /** Starts one whose time is this. */
  public static TestServer start(Map<String, String> environment, Clock clock) {
    return start(environment, clock, MADE_KEY);
  }

  /** Starts one for which this key is made, if none is configured. */
  public static TestServer start(Map<String, String> environment, Clock clock, String madeKey) {
    Map<String, String> all = new HashMap<>(Map.of("PORT", "0", "GRIPSTREAM_LOG_ACCESS", "false"));
    all.putAll(environment);
    Settings settings = SettingsReader.read(Sources.read(null, all, Map.of()));
    boolean isKeyMade = settings.auth().isOpen() && settings.http().host().equals("127.0.0.1");
    return new TestServer(
        Server.start(
            isKeyMade ? settings.withKey(new Secret(madeKey)) : settings,
            new Secret(OWN_KEY),
            isKeyMade,
            CHECKUP,
            clock),
        isKeyMade ? madeKey : null);
  }

  /** Starts one that stores in this folder and has one API key, {@link #KEY}. */
  public static TestServer withKey(Path folder, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("DATABASE_URL", "jdbc:sqlite:" + folder.resolve("events.db"));
    all.put("GRIPSTREAM_API_KEYS", KEY);
    return start(all);
  }

  /** Opens a stream with these headers. */
  public StreamClient open(String path, Map<String, String> headers) {
    return StreamClient.open(URI.create(url() + path), headers);
  }

  public String url() {
    return server.url();
  }

  public int port() {
    return server.port();
  }

  /** Method and path of all that it answers. */
  public java.util.List<String> endpoints() {
    return server.endpoints();
  }

  public Server server() {
    return server;
  }

  /** As somebody without any key. */
  public Answer getWithoutKey(String path, String... headers) {
    return send(path, headers, request -> request.removeHeader("X-API-Key"));
  }

  public Answer get(String path, String... headers) {
    return send(path, headers, request -> request);
  }

  public Answer head(String path, String... headers) {
    return send(path, headers, Request.Builder::head);
  }

  public Answer post(String path, String body, String... headers) {
    return postAs("application/json", path, body, headers);
  }

  public Answer postAs(String type, String path, String body, String... headers) {
    return send(
        path,
        headers,
        request -> request.post(RequestBody.create(
            body.getBytes(java.nio.charset.StandardCharsets.UTF_8), MediaType.get(type))));
  }

  /** As somebody without any key. */
  public Answer postWithoutKey(String path, String body, String... headers) {
    return send(
        path,
        headers,
        request -> request
            .removeHeader("X-API-Key")
            .post(RequestBody.create(
                body.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                MediaType.get("application/json"))));
  }

  /** As somebody without any key. */
  public Answer deleteWithoutKey(String path, String... headers) {
    return send(path, headers, request -> request.removeHeader("X-API-Key").delete());
  }

  public Answer delete(String path, String... headers) {
    return send(path, headers, Request.Builder::delete);
  }

  /** @param headers names and values in turn */
  private Answer send(String path, String[] headers, UnaryOperator<Request.Builder> method) {
    Request.Builder request = new Request.Builder().url(url() + path);
    if (madeKey != null) {
      request.header("X-API-Key", madeKey);
    }
    method.apply(request);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try (Response response = client.newCall(request.build()).execute()) {
      return new Answer(
          response.code(), response.headers().toMultimap(), response.body().string());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    // The server waits for connections that could still bring a request.
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
    server.close();
  }

  /** @param headers by name in lower case */
  public record Answer(int status, Map<String, java.util.List<String>> headers, String body) {
    public JsonNode json() {
      return JSON.readTree(body);
    }

    /** The error's code and message. */
    public String error() {
      return status + " " + json().at("/error/code").stringValue() + ": "
          + json().at("/error/message").stringValue();
    }

    public String header(String name) {
      return String.join(", ", headers.getOrDefault(name, java.util.List.of()));
    }
  }
}
