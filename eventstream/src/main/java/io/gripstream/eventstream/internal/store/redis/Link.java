package io.gripstream.eventstream.internal.store.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Connections to a Redis: for events, for other commands, and for wake-ups. A broken connection is
 * replaced. Thread-safe.
 */
abstract class Link implements AutoCloseable {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final int MOST_COMMANDS = 20_000;

  /** A server with keys, and the commands for this server only. */
  record Node(String place, RedisClusterAsyncCommands<String, String> commands) {}

  private final RedisFailures failures;
  private final Duration patience;
  private final ClientResources resources;
  private final int replicas;

  /** @param patience maximum time to wait for an answer */
  Link(RedisAddress address, Duration patience) {
    this.failures = new RedisFailures(address);
    this.patience = patience;
    this.replicas = address.replicas();
    this.resources = ClientResources.builder()
        .ioThreadPoolSize(2)
        .computationThreadPoolSize(2)
        .reconnectDelay(
            Delay.exponential(Duration.ofMillis(10), LONGEST_PAUSE, 2, TimeUnit.MILLISECONDS))
        .build();
  }

  /** Makes the link to the servers of the address. Does no I/O. */
  static Link to(RedisAddress address, Duration patience) {
    return address.namesCluster()
        ? new ClusterLink(address, patience)
        : new ServerLink(address, patience);
  }

  /** Connects; blocks. */
  abstract void connect();

  /** Whether it leads to all nodes of a Cluster. */
  abstract boolean isCluster();

  /** The writable servers: one, or each master of a Cluster. Known after {@link #connect}. */
  abstract List<Node> nodes();

  /** The node of {@link #nodes} that has the key. May block. */
  abstract Node nodeOf(String key);

  /** Its {@link Node#place}; empty if no server has the key now. Does not block. */
  abstract String placeOf(String key);

  /** Commands for everything except appends. */
  abstract RedisClusterAsyncCommands<String, String> commands();

  /**
   * Commands for appends: large reads do not delay these, and waiting for replicas delays no
   * others.
   */
  abstract RedisClusterAsyncCommands<String, String> writing(String key);

  /** Name of the command with which a script wakes other processes. */
  abstract String wakeCommand();

  /**
   * Begins to report the messages of these channels to {@code heard}. Calls {@code connected} after
   * each reconnect and each change of server, because messages may be missing then. Blocks.
   */
  abstract void listen(List<String> channels, Heard heard, Runnable connected);

  /** Receives messages. */
  interface Heard {
    void message(String channel, String text);
  }

  /** Number of listeners of a channel. Blocks. */
  abstract long listeners(String channel);

  /** Repairs the subscriptions. One thread calls it once a second. Does not block. */
  void tend() {}

  /**
   * Call it after a time-out, or after a refusal of a server whose role has changed. Does not
   * block.
   */
  void doubted() {}

  ClientResources resources() {
    return resources;
  }

  static RedisURI uri(RedisAddress address, Duration patience, RedisAddress.Place place) {
    RedisURI.Builder builder = RedisURI.builder().withHost(place.host()).withPort(place.port());
    return withLogin(builder, address, patience).build();
  }

  static RedisURI.Builder withLogin(
      RedisURI.Builder builder, RedisAddress address, Duration patience) {
    builder
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
    return builder;
  }

  static ClientOptions options(RedisAddress address, Duration patience) {
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

  /**
   * Runs a script on the server. Does not block.
   *
   * @param whole whether to send the script's text, which the server then keeps
   */
  CompletableFuture<List<Object>> run(
      Script script, boolean whole, List<String> keys, List<String> arguments) {
    try {
      return run(commands(), script, whole, keys, arguments);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * As {@link #run}, on the connection for events. The future completes when the number of replicas
   * in the address has the events.
   *
   * @param limit maximum time of the caller; waiting for replicas ends a little earlier
   */
  CompletableFuture<List<Object>> append(
      boolean whole, List<String> keys, List<String> arguments, Duration limit) {
    try {
      RedisClusterAsyncCommands<String, String> on = writing(keys.get(0));
      return whenReplicated(
          run(on, Script.APPEND, whole, keys, arguments),
          () -> on.waitForReplication(replicas, Math.max(1, limit.toMillis() * 9 / 10)));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * @param waiting waits for the number of replicas in the address; returns how many have the
   *     events. It is called also if the answer is there already: the server may be faster than
   *     this thread
   */
  CompletableFuture<List<Object>> whenReplicated(
      CompletableFuture<List<Object>> answer, Supplier<CompletionStage<Long>> waiting) {
    return replicas == 0 || answer.isCompletedExceptionally()
        ? answer
        : answer.thenCombine(waiting.get(), this::replicated);
  }

  private List<Object> replicated(List<Object> answer, Long reached) {
    if (reached < replicas && "OK".equals(answer.get(0))) {
      throw failures.notReplicated(reached, replicas);
    }
    return answer;
  }

  /**
   * Waits until the number of replicas in the address has everything that this process has written.
   * Blocks.
   *
   * @param rounds how often to wait, each time for half of what an answer may take
   * @throws io.gripstream.eventstream.store.StoreException if too few replicas have it then
   */
  void awaitReplicas(int rounds) {
    for (Node node : replicas == 0 ? List.<Node>of() : nodes()) {
      long reached = 0;
      for (int i = 0; i < rounds && reached < replicas; i++) {
        // WAIT asks about what the server had at the last command of this connection.
        ask(node.commands(), commands -> commands.echo(""));
        reached = ask(
            node.commands(),
            commands ->
                commands.waitForReplication(replicas, Math.max(1, patience.toMillis() / 2)));
      }
      if (reached < replicas) {
        throw failures.tooFewReplicas(reached, replicas);
      }
    }
  }

  private static CompletableFuture<List<Object>> run(
      RedisClusterAsyncCommands<String, String> on,
      Script script,
      boolean whole,
      List<String> keys,
      List<String> arguments) {
    String[] names = keys.toArray(String[]::new);
    String[] values = arguments.toArray(String[]::new);
    return (whole
            ? on.<List<Object>>eval(script.body(), ScriptOutputType.MULTI, names, values)
            : on.<List<Object>>evalsha(script.sha(), ScriptOutputType.MULTI, names, values))
        .toCompletableFuture();
  }

  /** Sends a command and waits for its answer. */
  <T> T ask(Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command) {
    return ask(commands(), command);
  }

  /** Same as the method above, for one server. */
  <T> T ask(
      RedisClusterAsyncCommands<String, String> of,
      Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command) {
    try {
      return await(command.apply(of));
    } catch (RuntimeException e) {
      throw failures.of(e, false);
    }
  }

  /** Waits for an answer; throws a {@code StoreException} for callers. */
  <T> T await(Future<T> answer) {
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failures.of(e, false);
    } catch (TimeoutException e) {
      answer.cancel(true);
      doubted();
      throw failures.of(e, false);
    } catch (ExecutionException e) {
      throw failures.of(e, false);
    }
  }

  static <T> T connected(@Nullable T connection) {
    if (connection == null) {
      throw new IllegalStateException("not connected");
    }
    return connection;
  }

  RedisFailures failures() {
    return failures;
  }

  Duration patience() {
    return patience;
  }

  @Override
  public void close() {
    resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
