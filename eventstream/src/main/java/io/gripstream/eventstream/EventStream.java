package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.Interior;
import io.gripstream.eventstream.internal.direct.Lag;
import io.gripstream.eventstream.internal.serve.Forwarded;
import io.gripstream.eventstream.internal.serve.StreamEndpoints;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.grip.ProxyTrust;
import io.gripstream.grip.internal.Threads;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends server-sent events (WHATWG HTML, section 9.2) and serves them to clients, behind a GRIP
 * proxy or directly. The mode is chosen for each request.
 *
 * <pre>{@code
 * EventStream events = EventStream.create(config -> config.store(EventStores.sqlite(Path.of("events.db"))));
 * Javalin.create(config -> config.registerPlugin(new EventStreamPlugin(events, routes -> routes.queryParam("/events")))).start(8080);
 * events.send("news", "message", Map.of("text", "hello"));
 * }</pre>
 *
 * <p>Thread-safe. {@link #create} does no I/O. The plugin starts the event stream with its server;
 * a program that only sends starts it with its first event. Close it at the end. After that,
 * methods that need the storage or the proxies throw {@link IllegalStateException}. "Blocks for
 * storage" means: the call waits for the storage, usually for milliseconds and at worst a few
 * seconds, and throws {@link StoreException} if the storage does not answer.
 */
public final class EventStream implements AutoCloseable {
  static {
    Interior.open(new Interior() {
      @Override
      protected StreamEndpoints endpointsOf(EventStream events, Consumer<StreamRoutes> routes) {
        return events.parts.endpoints(routes);
      }
    });
  }

  private final Parts parts;

  private EventStream(StreamSettings settings) {
    this.parts = new Parts(settings);
  }

  /**
   * Makes an event stream; {@link EventStreamConfig} lists the settings. Starts no work and does no
   * I/O.
   *
   * @throws IllegalArgumentException if settings contradict each other
   */
  public static EventStream create(Consumer<EventStreamConfig> configure) {
    EventStreamConfig config = new EventStreamConfig();
    configure.accept(config);
    return new EventStream(config.settings);
  }

  /**
   * Opens the storage and begins to publish. Optional: the start of the server, or the first call
   * that needs the storage, does the same. Call it in a program that uses the store before it
   * serves. Blocks.
   *
   * @throws StoreException if the storage cannot be opened
   * @throws IllegalStateException if this event stream is closed
   */
  public void start() {
    parts.lifecycle.startSending();
  }

  /**
   * Sends an event to every reader of the channel. {@link #send(Draft)} does the same, and can skip
   * users and take an idempotency key.
   *
   * @throws IllegalArgumentException as {@link Draft#of}
   */
  public Sent send(String channel, String type, @Nullable Object data) {
    return send(Draft.of(channel, type, data));
  }

  /**
   * Sends an event and waits for the storage. On a reliable channel it returns when the event is
   * durable. The event is published only after that. Proxies and clients get the event a moment
   * later. An event to several channels is stored in all of them or in none.
   *
   * <p>Events of one channel get their ids in the order in which calls return. On an unreliable
   * channel this does not block unless more than 20,000 events are queued for this process's
   * streams.
   *
   * @throws EventTooLargeException if it has more than {@link EventStreamConfig#maxEventBytes(int)}
   *     on the wire, or too many channels for its length: an event of the maximum length may have
   *     10 channels, an event of a tenth of it 100
   * @throws InvalidValueException if its idempotency key was used in some of its channels only
   * @throws StoreException if the storage did not accept it; its kind says whether to try again
   * @throws IllegalStateException if this event stream is closed
   */
  public Sent send(Draft draft) {
    return parts.sender.send(draft);
  }

  /**
   * Sends an event without waiting. The future completes when the event is durable, or fails as
   * {@link #send(Draft)} does, immediately with kind {@code BUSY} if the storage's queue is full.
   * Events of one thread get their ids in the order of the calls. Stages chained to the future may
   * run on the storage's announcing thread: they must not block.
   *
   * @throws EventTooLargeException if it has more than {@link EventStreamConfig#maxEventBytes(int)}
   *     on the wire
   * @throws IllegalStateException if this event stream is closed
   */
  public CompletableFuture<Sent> sendAsync(Draft draft) {
    return parts.sender.sendAsync(draft);
  }

  /**
   * Sends an event within the caller's own transaction. After a commit the event is sent, within
   * 200 ms while a process is up and 5 s at worst; after a rollback it is not. Blocks for one
   * INSERT. Ids are given after the commit, so nothing is returned. Transactions have the order of
   * their ids only within a channel.
   *
   * @param transaction a connection to the store's own database, with a transaction of the caller;
   *     it is neither committed nor closed here
   * @throws IllegalArgumentException if the connection is to another database, or a channel is not
   *     reliable
   * @throws EventTooLargeException if it has more than {@link EventStreamConfig#maxEventBytes(int)}
   *     on the wire
   * @throws UnsupportedOperationException if the storage has no transactions of callers
   */
  public void enqueue(Connection transaction, Draft draft) {
    parts.sender.enqueue(transaction, draft);
  }

  /** Same as {@link #enqueue(Connection, Draft)} with a draft of these values. */
  public void enqueue(Connection transaction, String channel, String type, @Nullable Object data) {
    enqueue(transaction, Draft.of(channel, type, data));
  }

  /**
   * Returns the current position of these channels, for a page that loads its state first and then
   * opens a stream. Read the position <em>before</em> the state: changes in between then arrive as
   * events. Unreliable channels have no position. Blocks for storage.
   *
   * @param channels at most {@link EventStreamConfig#maxChannels} different ones
   * @return for {@code Last-Event-ID}, the query parameter {@code lastEventId} or
   *     {@link InitialEvents#at}; {@link StreamPosition#EMPTY} if no channel is reliable
   * @throws InvalidValueException if there are more, or one is not a valid channel name
   */
  public StreamPosition currentPosition(Collection<String> channels) {
    return parts.stored.position(channels);
  }

  /**
   * Reads stored events of a channel. Blocks for storage.
   *
   * @param user the reader; events that skip this user are left out. Null: an anonymous reader, or
   *     one that sees all events
   * @param after the id to begin after; 0: begin with the oldest stored event
   * @param limit maximum number of events to look at, 1 to 1,000; fewer if they are long
   * @return empty if the channel is not reliable, because nothing of it is stored
   * @throws IllegalArgumentException if the channel name is invalid, {@code after} is negative, or
   *     {@code limit} is out of range
   */
  public Optional<HistoryPage> history(
      String channel, @Nullable String user, long after, int limit) {
    return parts.stored.after(channel, user, after, limit);
  }

  /**
   * Reads the last stored events of a channel, oldest first. Blocks for storage.
   *
   * @param user the reader, as in {@link #history}
   * @param count maximum number of events to look at, 1 to 1,000; fewer if they are long
   * @return empty if the channel is not reliable, because nothing of it is stored
   * @throws IllegalArgumentException if the channel name is invalid, or {@code count} is out of
   *     range
   */
  public Optional<HistoryPage> last(String channel, @Nullable String user, int count) {
    return parts.stored.last(channel, user, count);
  }

  /** Same as {@link #forget(String, long)}, for all events that the channel has now. */
  public long forget(String channel) {
    return forget(channel, Long.MAX_VALUE);
  }

  /**
   * Removes the stored events of a channel up to this id, inclusive, for good. Ids go on. A client
   * with an older position gets {@code stream-reset} with {@code expired}, in both modes and in
   * every process. Events that are on their way to clients still arrive. An idempotency key stays
   * for its 24 hours, so a repeated send does not bring an event back. docs/storage.md says what
   * remains elsewhere, such as in backups. Blocks for storage.
   *
   * @param upTo at least 1; beyond the newest id: all events
   * @return the id up to which no event is left; 0 if there never was a stored event
   * @throws IllegalArgumentException if the channel name is invalid, or {@code upTo} is less than 1
   * @throws UnsupportedOperationException if the storage does not support it
   * @throws IllegalStateException if this event stream is closed
   */
  public long forget(String channel, long upTo) {
    return parts.stored.forget(channel, upTo);
  }

  /** Same as {@link #permissionChanged(String, String, PermissionScope)}, in every process. */
  public void permissionChanged(String user, String channel) {
    permissionChanged(user, channel, PermissionScope.EVERY_PROCESS);
  }

  /**
   * Checks again whether the user may read the channel, and ends the user's streams on it if not.
   * Call it after a user lost, or may have lost, the right to read the channel. Every such stream
   * gets {@code stream-error} with {@code forbidden} and ends within 5 s, in every process of this
   * storage and through every proxy, if {@link ChannelManager#canRead} says no by then. Without
   * storage this covers only streams of this process and its proxies. Behind a proxy it covers
   * personal streams only ({@link ChannelManager#isPersonal}). There is no limit on how often you
   * may call it.
   *
   * <p>Blocks for storage, asks the channel manager on this thread, and waits up to 5 s for streams
   * of this process to end. When it returns, every other process is certain to get the message.
   *
   * @param user as {@link EventStreamConfig#user} names it
   * @param scope which processes check
   * @throws InvalidValueException if the channel name is invalid
   * @throws StoreException if the message to the other processes failed; streams of this process
   *     have ended
   */
  public void permissionChanged(String user, String channel, PermissionScope scope) {
    parts.permissions.changed(
        Objects.requireNonNull(user, "user"), ChannelNames.check(channel), scope);
  }

  /** Same as {@link #permissionChanged(String, PermissionScope)}, in every process. */
  public void permissionChanged(String user) {
    permissionChanged(user, PermissionScope.EVERY_PROCESS);
  }

  /**
   * Checks again all channels of all the user's streams. A stream ends if the user may not read one
   * of its channels any more. Call it after a user was locked or the user's roles changed. Apart
   * from that it works as {@link #permissionChanged(String, String, PermissionScope)}. A proxy asks
   * again for one 64th of all streams.
   *
   * @throws StoreException if the message to the other processes failed; streams of this process
   *     have ended
   */
  public void permissionChanged(String user, PermissionScope scope) {
    parts.permissions.changed(Objects.requireNonNull(user, "user"), null, scope);
  }

  /**
   * Returns whether a proxy makes this request on behalf of clients that are already streaming or
   * have left, or the application itself makes it to hold its kick channels (see
   * {@link EventStreamConfig#proxy(io.gripstream.grip.GripProxy, java.net.URI)}). Such a request
   * has no credentials of a client. Do not ask it for a login: the event stream verifies it.
   *
   * @param request of Javalin: {@link io.gripstream.eventstream.javalin.JavalinRequests#of}
   */
  public boolean isFollowUp(StreamRequest request) {
    return parts.followUps.isFollowUp(request);
  }

  /**
   * Returns whether a secret key of one of the proxies has signed the request, which proves that it
   * came through that proxy. False for requests that are only trusted by their address or by a
   * well-known key.
   */
  public boolean isSigned(StreamRequest request) {
    return ProxyTrust.isProof(Forwarded.read(request, parts.trust));
  }

  /**
   * Returns the proxy through which the request came, by its name without secrets, as in
   * {@link StreamStatus#proxies()}. Empty: it came directly. If the request is trusted without a
   * signature, the name is that of the only configured proxy, or {@code unknown}.
   */
  public Optional<String> proxyOf(StreamRequest request) {
    return Forwarded.proxy(request, parts.trust);
  }

  /**
   * Waits until proxies have answered everything published so far, or the time has passed. For a
   * program that is about to end; {@link #close} does the same.
   */
  public void flush(Duration atMost) {
    parts.proxies.flush(atMost);
  }

  /** Returns the current state of this event stream. Does not block. */
  public StreamStatus status() {
    Lag lag = parts.direct.lag();
    return new StreamStatus(
        parts.direct.count(),
        parts.direct.delivered(),
        lag.streams(),
        lag.events(),
        parts.direct::channels,
        parts.proxies.health(),
        parts.trust.refused(),
        parts.trust.lastRefused(),
        Threads.fault().or(this::storageFault).orElse(null));
  }

  private Optional<String> storageFault() {
    return parts.store == null ? Optional.empty() : parts.store.fault();
  }

  /**
   * Tries whether the storage can be written now. Blocks for 5 s at most.
   *
   * @return {@link StoreHealth#OK} also if there is no storage
   */
  public StoreHealth checkStorage() {
    return parts.store == null ? StoreHealth.OK : parts.store.check();
  }

  /**
   * Ends the streams that this process holds and refuses new ones with 503; sending goes on. Their
   * clients return spread over time. Call it when the server is about to stop, before it waits for
   * requests to end; the plugin of a web framework does this. Waits up to 5 s for clients to accept
   * their last bytes. Idempotent.
   */
  public void drain() {
    parts.direct.drain();
  }

  /**
   * Ends all streams, waits up to 5 s for calls of {@link EventStreamConfig#onClose} and up to 5 s
   * for proxies to answer, and closes the storage. Call it when the server has stopped or the
   * program sends no more; the plugin of a web framework does this. Later calls do nothing.
   */
  @Override
  public void close() {
    parts.close();
  }
}
