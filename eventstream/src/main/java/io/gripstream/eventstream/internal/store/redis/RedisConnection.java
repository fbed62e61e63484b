package io.gripstream.eventstream.internal.store.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.io.File;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one Redis: one for events, one for other commands, one for wake-ups. Each is
 * made again when it breaks. Thread-safe.
 */
final class RedisConnection implements AutoCloseable {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final int MOST_COMMANDS = 20_000;

  private final RedisURI uri;
  private final RedisFailures failures;
  private final Duration patience;
  private final ClientResources resources;
  private final RedisClient client;
  private final int replicas;
  private volatile @Nullable StatefulRedisConnection<String, String> connection;

  /** Of its own, so that large reads, and waiting for replicas, hold up nothing. */
  private volatile @Nullable StatefulRedisConnection<String, String> writing;

  /** @param patience how long an answer is waited for */
  RedisConnection(RedisAddress address, Duration patience) {
    this.failures = new RedisFailures(address);
    this.patience = patience;
    this.replicas = address.replicas();
    this.uri = uri(address, patience);
    this.resources = ClientResources.builder()
        .ioThreadPoolSize(2)
        .computationThreadPoolSize(2)
        .reconnectDelay(
            Delay.exponential(Duration.ofMillis(10), LONGEST_PAUSE, 2, TimeUnit.MILLISECONDS))
        .build();
    this.client = RedisClient.create(resources, uri);
    client.setOptions(options(address, patience));
  }

  private static RedisURI uri(RedisAddress address, Duration patience) {
    RedisURI.Builder builder = RedisURI.builder()
        .withHost(address.host())
        .withPort(address.port())
        .withSsl(address.isTls())
        .withDatabase(address.database())
        .withClientName("gripstream")
        .withTimeout(patience);
    String password = address.password();
    if (password != null) {
      String user = address.user();
      if (user == null) {
        builder.withPassword(password.toCharArray());
      } else {
        builder.withAuthentication(user, password.toCharArray());
      }
    }
    return builder.build();
  }

  private static ClientOptions options(RedisAddress address, Duration patience) {
    ClientOptions.Builder options = ClientOptions.builder()
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(MOST_COMMANDS)
        .socketOptions(SocketOptions.builder()
            .connectTimeout(patience)
            .keepAlive(SocketOptions.KeepAliveOptions.builder()
                .enable()
                .idle(Duration.ofSeconds(5))
                .interval(Duration.ofSeconds(2))
                .count(3)
                .build())
            .build());
    String authority = address.authority();
    if (authority != null) {
      options.sslOptions(SslOptions.builder().trustManager(new File(authority)).build());
    }
    return options.build();
  }

  /** Connects; blocks. */
  void connect() {
    try {
      connection = client.connect();
      writing = client.connect();
    } catch (RuntimeException e) {
      throw failures.of(e, false);
    }
  }

  private static RedisAsyncCommands<String, String> commands(
      @Nullable StatefulRedisConnection<String, String> of) {
    if (of == null) {
      throw new IllegalStateException("not connected");
    }
    return of.async();
  }

  private RedisAsyncCommands<String, String> commands() {
    return commands(connection);
  }

  /**
   * Runs it on the server. Does not block.
   *
   * @param whole whether the server is told the script's text, which it then keeps
   */
  CompletableFuture<List<Object>> run(
      Script script, boolean whole, List<String> keys, List<String> arguments) {
    return run(connection, script, whole, keys, arguments);
  }

  /**
   * As {@link #run}, on the connection for events, and until as many replicas have them as the
   * address asks for.
   *
   * @param limit after which the caller waits no more; replicas are waited for a little shorter
   */
  CompletableFuture<List<Object>> append(
      boolean whole, List<String> keys, List<String> arguments, Duration limit) {
    CompletableFuture<List<Object>> answer = run(writing, Script.APPEND, whole, keys, arguments);
    if (replicas == 0 || answer.isDone()) {
      return answer;
    }
    return answer.thenCombine(
        commands(writing).waitForReplication(replicas, Math.max(1, limit.toMillis() * 9 / 10)),
        this::replicated);
  }

  private List<Object> replicated(List<Object> answer, Long reached) {
    if (reached < replicas && "OK".equals(answer.get(0))) {
      throw failures.notReplicated(reached, replicas);
    }
    return answer;
  }

  private static CompletableFuture<List<Object>> run(
      @Nullable StatefulRedisConnection<String, String> on,
      Script script,
      boolean whole,
      List<String> keys,
      List<String> arguments) {
    String[] names = keys.toArray(String[]::new);
    String[] values = arguments.toArray(String[]::new);
    try {
      RedisFuture<List<Object>> answer = whole
          ? commands(on).eval(script.body(), ScriptOutputType.MULTI, names, values)
          : commands(on).evalsha(script.sha(), ScriptOutputType.MULTI, names, values);
      return answer.toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Sends a command and waits for its answer. */
  <T> T ask(
      Function<RedisAsyncCommands<String, String>, ? extends java.util.concurrent.Future<T>>
          command) {
    try {
      return await(command.apply(commands()));
    } catch (RuntimeException e) {
      throw failures.of(e, false);
    }
  }

  /** Waits for an answer; a failure is one for callers. */
  <T> T await(Future<T> answer) {
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failures.of(e, false);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw failures.of(e, false);
    } catch (ExecutionException e) {
      throw failures.of(e, false);
    }
  }

  RedisFailures failures() {
    return failures;
  }

  Duration patience() {
    return patience;
  }

  /**
   * Tells of each message of a channel, from now on; and of each time that a connection is there
   * again, since messages may be missing then. Blocks.
   */
  void listen(String channel, Consumer<String> messages, Runnable connected) {
    try {
      StatefulRedisPubSubConnection<String, String> listening = client.connectPubSub();
      listening.addListener(new RedisPubSubAdapter<String, String>() {
        @Override
        public void message(String of, String message) {
          messages.accept(message);
        }

        @Override
        public void subscribed(String of, long count) {
          connected.run();
        }
      });
      await(listening.async().subscribe(channel).toCompletableFuture());
    } catch (RedisException e) {
      throw failures.of(e, false);
    }
    StatefulRedisConnection<String, String> known = connection;
    if (known != null) {
      known.addListener(new RedisConnectionStateAdapter() {
        @Override
        public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
          connected.run();
        }
      });
    }
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
