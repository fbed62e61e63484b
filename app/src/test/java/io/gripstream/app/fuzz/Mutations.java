package io.gripstream.app.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Requests after templates: as they are, changed in a few places, cut off, or one after another.
 */
final class Mutations {
  private static final String KEYED = "\r\nX-API-Key: " + HostileRequests.KEY + "\r\n";

  private static final List<byte[]> TEMPLATES = templates();

  private static final List<String> WORDS = List.of(
      "%00",
      "%zz",
      "%ff",
      "%2F",
      "..",
      "//",
      "\r\n",
      "\n",
      "\0",
      "\t",
      " ",
      "\u00e9",
      "*",
      ",",
      ";",
      "&",
      "=",
      "chunked",
      "0",
      "-1",
      "99999999999999999999",
      "ffffffffffffffff",
      "1e9",
      "null",
      "{",
      "[",
      "\"",
      "a".repeat(300),
      "a=b; ".repeat(100),
      "Last-Event-ID: earliest\r\n",
      "Connection: close\r\n",
      "Content-Length: 5\r\n",
      "Transfer-Encoding: chunked\r\n",
      "Expect: 100-continue\r\n",
      "Upgrade: websocket\r\n",
      "Grip-Sig: a.b.c\r\n",
      "HTTP/1.0",
      "HTTP/0.9",
      "POST",
      "HEAD",
      "OPTIONS");

  private final Random random;

  Mutations(Random random) {
    this.random = random;
  }

  /** The next request. */
  byte[] next() {
    byte[] request = template();
    switch (random.nextInt(6)) {
      case 0 -> {
        // As it is.
      }
      case 1 -> request = joined(request, template());
      case 2 -> request = Arrays.copyOf(request, random.nextInt(request.length + 1));
      default -> {
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
          request = changed(request);
        }
      }
    }
    return request;
  }

  /** In how many writes a request is sent. */
  int pieces() {
    return random.nextInt(4) == 0 ? 1 + random.nextInt(10) : 1;
  }

  /** A request as the constant of a test would have it. */
  static String readable(byte[] request) {
    StringBuilder text = new StringBuilder();
    for (byte b : request) {
      text.append(b >= ' ' && b < 127 ? String.valueOf((char) b) : "\\x%02x".formatted(b & 0xff));
    }
    return text.toString();
  }

  private byte[] template() {
    return TEMPLATES.get(random.nextInt(TEMPLATES.size()));
  }

  private byte[] changed(byte[] request) {
    int at = random.nextInt(request.length + 1);
    int end = Math.min(request.length, at + random.nextInt(12));
    byte[] before = Arrays.copyOf(request, at);
    return switch (random.nextInt(4)) {
      case 0 -> joined(before, word(), Arrays.copyOfRange(request, at, request.length));
      case 1 -> joined(before, word(), Arrays.copyOfRange(request, end, request.length));
      case 2 -> joined(before, Arrays.copyOfRange(request, end, request.length));
      default -> {
        byte[] flipped = request.clone();
        if (at < flipped.length) {
          flipped[at] = (byte) random.nextInt(256);
        }
        yield flipped;
      }
    };
  }

  private byte[] word() {
    return WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static List<byte[]> templates() {
    List<byte[]> all = new ArrayList<>();
    for (String target : List.of(
        "/events?channel=news",
        "/events?channel=a&channel=b&rewind=3&lastEventId=a:1",
        "/events/news",
        "/events/%6eews/?x=y",
        "/objects/7/events",
        "/api/position?channel=news",
        "/api/history?channel=news&last=5",
        "/api/history?channel=news&after=1&limit=10",
        "/api/channels",
        "/api/revoke",
        "/health/ready",
        "/metrics",
        "/openapi.json",
        "/eventstream/client.js",
        "/eventstream/follow/eyJjIjpbImEiXX0.AAAA",
        "/demo/chat/",
        "/nowhere")) {
      all.add(ascii("GET " + target + " HTTP/1.1\r\nHost: h" + KEYED
          + "Last-Event-ID: news:1,.:abc\r\nOrigin: https://app.example\r\n\r\n"));
      all.add(ascii("HEAD " + target + " HTTP/1.1\r\nHost: h" + KEYED + "\r\n"));
    }
    all.add(
        ascii(
            "GET http://h/events?channel=a HTTP/1.0\r\nGrip-Sig: a.b.c\r\nGrip-Last: a; last-id=1\r\n\r\n"));
    all.add(ascii("OPTIONS /events?channel=a HTTP/1.1\r\nHost: h\r\nOrigin: https://app.example"
        + "\r\nAccess-Control-Request-Method: GET\r\n\r\n"));
    all.add(ascii("GET /events?channel=a HTTP/1.1\r\nHost: h\r\nCookie: gripstream_token=a.b.c; x=y"
        + "\r\nAuthorization: Bearer a.b.c\r\n\r\n"));
    all.add(ascii("GET /events?channel=a HTTP/1.1\r\nHost: h" + KEYED
        + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
        + "\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
    for (String body : List.of(
        "{\"channel\":\"news\",\"data\":\"x\"}",
        "{\"channels\":[\"a\",\"b\"],\"type\":\"t\",\"data\":{\"n\":1.10},\"skip_user_ids\":[7]}",
        "[{\"channel\":\"a\",\"data\":1},{\"channel\":\"b\",\"data\":2}]",
        "{\"user\":\"ann\",\"channel\":\"news\"}")) {
      for (String path : List.of("/api/publish", "/api/batch", "/api/revoke")) {
        all.add(ascii("POST " + path + " HTTP/1.1\r\nHost: h" + KEYED
            + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
            + body));
        all.add(ascii("POST " + path + " HTTP/1.1\r\nHost: h" + KEYED
            + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
            + Integer.toHexString(body.length()) + ";x=y\r\n" + body + "\r\n0\r\nT: r\r\n\r\n"));
      }
    }
    all.add(ascii("DELETE /api/history?channel=news&up_to=3 HTTP/1.1\r\nHost: h" + KEYED + "\r\n"));
    all.add(ascii("DELETE /api/revoke?user=ann&channel=news HTTP/1.1\r\nHost: h" + KEYED + "\r\n"));
    all.add(ascii("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    all.add(new byte[] {22, 3, 1, 0, 5, 1, 0, 0, 1, 3});
    all.add(http2());
    return List.copyOf(all);
  }

  /** HTTP/2 with prior knowledge: requests that are reset at once. */
  private static byte[] http2() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    out.writeBytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
    for (int stream = 1; stream < 40; stream += 2) {
      // GET / of the authority h, by the static table.
      out.writeBytes(new byte[] {
        0, 0, 6, 1, 5, 0, 0, 0, (byte) stream, (byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, 1, 'h'
      });
      out.writeBytes(new byte[] {0, 0, 4, 3, 0, 0, 0, 0, (byte) stream, 0, 0, 0, 8});
    }
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
