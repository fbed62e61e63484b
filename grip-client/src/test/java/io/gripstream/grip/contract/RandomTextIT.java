package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.Channel;
import io.gripstream.grip.IdFormat;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.KeepAlive;
import io.gripstream.grip.contract.TestOrigin.Reply;
import io.gripstream.grip.publish.Format;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.testkit.HeldResponse;
import io.gripstream.grip.testkit.Pushpin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Whatever text or bytes go in at one end of a real Pushpin comes out at the other. */
class RandomTextIT {

  private static final int ROUNDS = 60;

  private static final String PLAIN = "abc :='\\%()<>#?/&+-_.~|{}[]^`@!$*09AZ";
  private static final String ASCII = PLAIN + ",;\"";

  private static final List<String> ALPHABETS = List.of(
      ASCII,
      " %\\\"();,I",
      "\t\n\r\u0001\u001f\u007f",
      "äöüßéÿ\u0080\u009f\u00a0",
      "名前Жδ\u2028\u2029\ufeff\ufffd\uffff",
      "😀𝄞👩‍👩‍👧");

  private final Random random = new Random(20261123);

  private String text(int max) {
    return text(
        ALPHABETS.get(random.nextInt(ALPHABETS.size())),
        ALPHABETS.get(random.nextInt(ALPHABETS.size())),
        max);
  }

  private String text(String mostly, String sometimes, int max) {
    int[] points = mostly.codePoints().toArray();
    int[] more = sometimes.codePoints().toArray();
    var text = new StringBuilder();
    for (int i = random.nextInt(max); i >= 0; i--) {
      int[] from = random.nextInt(4) == 0 ? more : points;
      text.appendCodePoint(from[random.nextInt(from.length)]);
    }
    // A mark in front is refused where the proxy would drop it.
    return text.toString().replaceFirst("^\ufeff+", "x");
  }

  private byte[] bytes() {
    byte[] bytes = new byte[1 + random.nextInt(300)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** One client: what it asks for, what is published then, and what it has to get. */
  private record Exchange(String path, List<Item> items, byte[] expected) {}

  @Test
  void channels_meta_and_content_survive() throws Exception {
    try (var origin = new TestOrigin();
        Pushpin pushpin = start(origin)) {
      List<Exchange> exchanges = new ArrayList<>();
      int asHeaders = 0;
      for (int i = 0; i < ROUNDS; i++) {
        // Every second one is such that headers can carry it.
        boolean plain = i % 2 == 0;
        String channel = (plain ? text(PLAIN, PLAIN, 30).strip() : text(30)) + i;
        String meta = plain ? text(ASCII, PLAIN, 60) : text(60);
        Instruct instruct = Instruct.stream()
            .channel(Channel.of(channel).withFilter(Channel.VAR_SUBST))
            .channel("raw-" + i)
            .meta("v", meta)
            .build();
        asHeaders += instruct.fitsHeaders() ? 1 : 0;
        String path = "/random/" + i;
        origin.route(
            path,
            r -> instruct.fitsHeaders()
                ? Reply.of("").with(instruct)
                : Reply.of("").within(instruct));
        String content = (i % 10 == 0 ? "\ufeff" : "") + text(200) + "\u0000";
        byte[] binary = bytes();
        Item substituted = Item.builder(channel)
            .format(new Format.HttpStream(
                (IdFormat.escape(content) + "%(v)s").getBytes(StandardCharsets.UTF_8),
                List.of(Channel.VAR_SUBST)))
            .build();
        Item raw = Item.builder("raw-" + i).stream(binary).build();
        byte[] expected = concat((content + meta).getBytes(StandardCharsets.UTF_8), binary);
        exchanges.add(new Exchange(path, List.of(substituted, raw), expected));
      }

      assertReceived(exchanges, pushpin);
      assertThat(asHeaders).as("instructs as headers").isBetween(ROUNDS / 2, ROUNDS - 5);
    }
  }

  private static Pushpin start(TestOrigin origin) {
    return Pushpin.builder()
        .route("* 127.0.0.1:" + origin.port())
        .readyPath("/ready")
        .logLevel(3)
        .start();
  }

  /**
   * A few connections may break, which is Pushpin's: its log then has "received message out of
   * sequence, canceling" for them. They are opened again, as clients do.
   */
  private static void assertReceived(List<Exchange> exchanges, Pushpin pushpin) throws Exception {
    List<Exchange> open = exchanges;
    for (int attempt = 0; attempt < 3 && !open.isEmpty(); attempt++) {
      List<Exchange> broken = exchange(open, pushpin);
      assertThat(broken.size()).as("broken ones of " + open.size()).isLessThan(ROUNDS / 2);
      open = broken;
    }
    assertThat(open).as("those that broke each time; " + pushpin.log()).isEmpty();
  }

  private static List<Exchange> exchange(List<Exchange> exchanges, Pushpin pushpin)
      throws Exception {
    long before = subscriptions(pushpin);
    Map<Exchange, HeldResponse> clients = new LinkedHashMap<>();
    try (ProxyPublisher publisher = ProxyPublisher.create(pushpin.proxy())) {
      exchanges.forEach(
          one -> clients.put(one, HeldResponse.get(pushpin.uri().resolve(one.path()))));
      awaitSubscriptions(
          pushpin, before + exchanges.stream().mapToLong(e -> e.items().size()).sum());
      for (Exchange one : exchanges) {
        for (Item item : one.items()) {
          // One after the other: two channels of a client have no order between them.
          publisher.publish(item).get(10, TimeUnit.SECONDS);
        }
      }
      List<Exchange> broken = new ArrayList<>();
      clients.forEach((one, client) -> {
        if (client.awaitBytesOrBreak(one.expected().length)) {
          assertThat(client.bytes()).as(one.path()).startsWith(one.expected());
        } else {
          assertThat(one.expected()).as(one.path()).startsWith(client.bytes());
          broken.add(one);
        }
      });
      return broken;
    } finally {
      clients.values().forEach(HeldResponse::close);
    }
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static long subscriptions(Pushpin pushpin) {
    return pushpin
        .log()
        .lines()
        .filter(line -> line.contains(" subscribe http") && line.contains("/random/"))
        .count();
  }

  private static void awaitSubscriptions(Pushpin pushpin, long count) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (subscriptions(pushpin) < count) {
      assertThat(System.nanoTime()).as("subscriptions").isLessThan(deadline);
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Test
  void keep_alives_survive() throws Exception {
    try (var origin = new TestOrigin();
        Pushpin pushpin = start(origin)) {
      List<Exchange> exchanges = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        byte[] content =
            i % 2 == 0 ? bytes() : ("\u0000" + text(100)).getBytes(StandardCharsets.UTF_8);
        KeepAlive keepAlive =
            new KeepAlive(content, Duration.ofSeconds(1), KeepAlive.Mode.values()[i / 2 % 2]);
        String path = "/alive/" + i;
        Instruct instruct = Instruct.stream().channel("a").keepAlive(keepAlive).build();
        origin.route(path, r -> Reply.of("").with(instruct));
        exchanges.add(new Exchange(path, List.of(), content));
      }

      assertReceived(exchanges, pushpin);
    }
  }
}
