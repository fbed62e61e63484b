package io.gripstream.eventstream.instances;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.TestStorage;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamEvent;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two instances, each in a separate process, with one database and without a configured secret,
 * behind two Pushpins: one tries the first instance first, the other the second.
 */
@ParameterizedClass(name = "Pushpin {0}, {1}")
@MethodSource("places")
class InstancesIT {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Map<String, String> ALICE = Map.of("X-User", "alice");
  private static final List<Integer> PORTS = Ports.free(2);

  @TempDir
  static Path directory;

  private static Path folder;
  private static String[] arguments;
  private static Pushpin one;
  private static Pushpin two;
  private static Instance first;
  private static Instance second;

  @Parameter(0)
  PushpinVersion version;

  @Parameter(1)
  TestStorage storage;

  /** PostgreSQL behind each version, the others behind the oldest: no storage knows of proxies. */
  static Stream<Arguments> places() {
    List<PushpinVersion> versions = PushpinVersion.chosen();
    return versions.stream()
        .flatMap(version -> Stream.of(TestStorage.values())
            .filter(storage -> storage == TestStorage.POSTGRESQL || version == versions.get(0))
            .map(storage -> Arguments.of(version, storage)));
  }

  @BeforeParameterizedClassInvocation
  static void start(PushpinVersion version, TestStorage storage) throws IOException {
    folder = Files.createDirectory(directory.resolve(version + "-" + storage));
    one = pushpin(version, PORTS.get(0), PORTS.get(1));
    two = pushpin(version, PORTS.get(1), PORTS.get(0));
    arguments =
        new String[] {storage.newUrl(folder), "", folder.toString(), one.gripUrl(), two.gripUrl()};
    first = instance(0);
    second = instance(1);
    first.awaitServing();
    second.awaitServing();
    one.awaitStream("/events/ready");
    two.awaitStream("/events/ready");
  }

  private static Pushpin pushpin(PushpinVersion version, int preferred, int other) {
    return Pushpin.builder()
        .version(version)
        .route("* 127.0.0.1:" + preferred + " 127.0.0.1:" + other)
        .handlerSetting("message_wait", "2000")
        .start();
  }

  private static Instance instance(int index) {
    String[] own = arguments.clone();
    own[1] = PORTS.get(index).toString();
    return Instance.start(PORTS.get(index), own);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    first.close();
    second.close();
    one.close();
    two.close();
  }

  @Test
  void streams_of_every_instance_get_events_of_every_instance_in_one_order_with_one_id() {
    String channel = newChannel();
    try (Four clients = open(channel, Map.of())) {
      clients.expectOpen();
      List<String> sent = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        sent.add("event " + i);
        assertThat((i % 2 == 0 ? first : second).send(channel, "event " + i)).isEqualTo(i + 1);
      }
      clients.expectEvents(sent);
      assertThat(clients.ids()).as("the ids that the four clients saw").hasSize(1);
    }
  }

  @Test
  void an_event_to_several_channels_comes_from_every_instance_to_streams_of_every_instance() {
    String a = newChannel();
    String b = newChannel();
    try (Four ofA = open(a, Map.of());
        Four ofB = open(b, Map.of())) {
      ofA.expectOpen();
      ofB.expectOpen();

      assertThat(first.send(List.of(a, b), "one")).isEqualTo("[1, 1]");
      assertThat(second.send(List.of(b, a), "two")).isEqualTo("[2, 2]");
      ofA.expectEvents(List.of("one", "two"));
      ofB.expectEvents(List.of("one", "two"));
    }
  }

  @Test
  void a_position_of_one_instance_is_one_of_the_other() {
    String channel = newChannel();
    String position;
    try (StreamClient client = StreamClient.open(first.uri("/events/" + channel))) {
      client.expectOpen();
      position = client.lastId();
    }
    first.send(channel, "missed");
    for (URI uri : List.of(second.uri("/events/" + channel), at(two, channel))) {
      try (StreamClient client = StreamClient.resume(uri, position)) {
        client.expectOpen().expectEvent("missed");
      }
    }
  }

  @Test
  void forgotten_events_are_expired_in_every_instance_and_streams_at_the_head_go_on() {
    String channel = newChannel();
    try (Four atHead = open(channel, Map.of())) {
      atHead.expectOpen();
      for (int i = 1; i <= 4; i++) {
        first.send(channel, "event " + i);
      }
      atHead.expectEvents(List.of("event 1", "event 2", "event 3", "event 4"));

      assertThat(first.forget(channel, 2)).isEqualTo(2);
      try (Four before = resume(channel, channel + ":1");
          Four at = resume(channel, channel + ":2");
          Four earliest = resume(channel, "earliest")) {
        before.expectOpen();
        before.expectExpired(channel);
        for (Four left : List.of(at, earliest)) {
          left.expectOpen();
          left.expectEvents(List.of("event 3", "event 4"));
        }
        assertThat(second.send(channel, "event 5")).isEqualTo(5);
        for (Four each : List.of(atHead, before, at, earliest)) {
          each.expectEvents(List.of("event 5"));
          each.expectLastId(channel + ":5");
        }
      }

      assertThat(second.forget(channel, Long.MAX_VALUE)).isEqualTo(5);
      try (Four before = resume(channel, channel + ":4");
          Four at = resume(channel, channel + ":5");
          Four earliest = resume(channel, "earliest")) {
        for (Four each : List.of(before, at, earliest)) {
          each.expectOpen();
        }
        before.expectExpired(channel);
        assertThat(first.send(channel, "event 6")).isEqualTo(6);
        for (Four each : List.of(atHead, before, at, earliest)) {
          each.expectEvents(List.of("event 6"));
          each.expectLastId(channel + ":6");
        }
      }
    }
  }

  @Test
  void a_stream_that_catches_up_while_events_are_forgotten_is_reset_and_goes_on() throws Exception {
    String channel = newChannel();
    // More than sockets and a proxy hold for a client that does not read.
    for (int i = 1; i <= 200; i++) {
      first.send(channel, i + "x".repeat(60_000));
    }
    List<URI> everywhere = everywhere(channel);
    List<SlowClient> clients = new ArrayList<>();
    try {
      for (URI uri : everywhere) {
        clients.add(SlowClient.open(uri, "earliest"));
        clients.get(clients.size() - 1).readUntil("data: 1x");
      }
      second.forget(channel, 195);
      for (SlowClient client : clients) {
        client.readUntil("event: stream-reset");
        List<Integer> got = client.numbers();
        assertThat(got).isEqualTo(IntStream.rangeClosed(1, got.size()).boxed().toList());
        assertThat(got).hasSizeLessThan(195);
      }
      assertThat(first.send(channel, "201x")).isEqualTo(201);
      for (SlowClient client : clients) {
        int before = client.numbers().size();
        client.readUntil("data: 201x");
        assertThat(client.text()).contains("\"" + channel + "\":\"expired\"");
        assertThat(client.numbers()).hasSize(before + 1).last().isEqualTo(201);
      }
    } finally {
      clients.forEach(SlowClient::close);
    }
  }

  @Test
  void a_lost_permission_ends_streams_of_every_instance_also_twice() throws Exception {
    String channel = newChannel();
    for (int round = 0; round < 2; round++) {
      try (Four alice = open(channel, ALICE);
          Four bob = open(channel, Map.of("X-User", "bob"))) {
        alice.expectOpen();
        bob.expectOpen();
        Path rule = Files.createFile(folder.resolve("alice-" + channel));
        (round == 0 ? first : second).permissionChanged("alice", channel);
        alice.expectForbidden();
        Files.delete(rule);
        first.send(channel, "still here " + round);
        bob.expectEvents(List.of("still here " + round));
      }
    }
  }

  @Test
  void a_change_of_all_that_a_user_may_read_ends_streams_opened_anywhere() throws Exception {
    String channel = newChannel();
    String other = newChannel();
    try (Four lost = open(channel, ALICE);
        Four kept = open(other, ALICE)) {
      lost.expectOpen();
      kept.expectOpen();
      Files.createFile(folder.resolve("alice-" + channel));
      second.permissionChanged("alice");
      lost.expectForbidden();
      first.send(other, "still here");
      kept.expectEvents(List.of("still here"));
    }
  }

  @Test
  void a_revocation_ends_streams_opened_anywhere_and_refuses_new_ones_until_it_is_lifted() {
    String channel = newChannel();
    for (int round = 0; round < 2; round++) {
      Instance here = round == 0 ? first : second;
      Instance there = round == 0 ? second : first;
      try (Four alice = open(channel, ALICE);
          Four bob = open(channel, Map.of("X-User", "bob"))) {
        alice.expectOpen();
        bob.expectOpen();
        here.revoke("alice", channel);
        alice.expectForbidden();
        try (Four again = open(channel, ALICE)) {
          again.expectForbidden();
        }
        there.lift("alice", channel);
        awaitOpen(channel, ALICE);
        try (Four again = open(channel, ALICE)) {
          again.expectOpen();
          here.send(channel, "back " + round);
          again.expectEvents(List.of("back " + round));
        }
        bob.expectEvents(List.of("back " + round));
      }
    }
  }

  /** Personal links were given by the one and are honoured by the other: they share a key. */
  @Test
  void when_one_is_killed_its_streams_go_on_and_new_ones_are_opened_at_the_other() {
    String channel = newChannel();
    try (StreamClient held = StreamClient.open(at(one, channel), ALICE);
        StreamClient direct = StreamClient.open(first.uri("/events/" + channel), ALICE)) {
      held.expectOpen();
      direct.expectOpen();
      first.send(channel, "before");
      held.expectEvent("before");
      direct.expectEvent("before");

      first.kill();
      direct.expectEnd();
      second.send(channel, "from the other");
      held.expectEvent("from the other");
      try (StreamClient fresh = StreamClient.open(at(one, channel), ALICE)) {
        fresh.expectOpen();
        letItAsk(one);
        second.send(channel, "after it asked");
        held.expectEvent("after it asked");
        fresh.expectEvent("after it asked");
      }
      try (StreamClient back =
          StreamClient.resume(second.uri("/events/" + channel), direct.lastId())) {
        back.expectOpen().expectEvents(List.of("from the other", "after it asked"));
      }

      first = instance(0);
      first.awaitServing();
      first.send(channel, "back again");
      held.expectEvent("back again");
      held.expectNothing(Duration.ofSeconds(1));
    }
  }

  /** Every process looks for itself what is revoked, within a second. */
  private void awaitOpen(String channel, Map<String, String> headers) {
    eventually(() -> {
      try (Four now = open(channel, headers)) {
        now.expectOpen();
      }
    });
  }

  private Four resume(String channel, String position) {
    return open(channel, Map.of("Last-Event-ID", position));
  }

  private Four open(String channel, Map<String, String> headers) {
    return new Four(
        everywhere(channel).stream().map(uri -> StreamClient.open(uri, headers)).toList());
  }

  private List<URI> everywhere(String channel) {
    String path = "/events/" + channel;
    return List.of(first.uri(path), second.uri(path), at(one, channel), at(two, channel));
  }

  /** A client at each instance and each proxy. */
  private record Four(List<StreamClient> clients) implements AutoCloseable {
    void expectOpen() {
      clients.forEach(StreamClient::expectOpen);
    }

    void expectEvents(List<String> data) {
      clients.forEach(client -> client.expectEvents(data));
    }

    void expectExpired(String channel) {
      clients.forEach(client ->
          assertThat(client.expectReset().data()).contains("\"" + channel + "\":\"expired\""));
    }

    void expectLastId(String pair) {
      clients.forEach(client -> assertThat(client.lastId()).startsWith(pair + ",.:"));
    }

    void expectForbidden() {
      clients.forEach(client -> {
        client.expectError("forbidden");
        client.expectEnd();
      });
    }

    /** All that the clients saw of ids, which should be one thing. */
    Set<List<String>> ids() {
      return clients.stream()
          .map(client ->
              client.seen().stream().map(StreamEvent::id).map(String::valueOf).toList())
          .collect(Collectors.toSet());
    }

    @Override
    public void close() {
      clients.forEach(StreamClient::close);
    }
  }

  private static String newChannel() {
    return "channel-" + COUNT.incrementAndGet();
  }

  private static URI at(Pushpin proxy, String channel) {
    return proxy.uri().resolve("/events/" + channel);
  }

  /** As after a gap: the proxy follows the links of all its streams. */
  private static void letItAsk(Pushpin proxy) {
    try (ProxyPublisher publisher = ProxyPublisher.create(proxy.proxy())) {
      publisher.recover().join();
    }
  }
}
