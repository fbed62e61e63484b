// What the web platform's own tests of EventSource look at (web-platform-tests, eventsource/), and what is added
// to it: each case for both transports, in Node and in a browser. `wpt` names the files of theirs; the texts here
// are our own.
import { wait } from "./kit.mjs";

const STREAM = { "Content-Type": "text/event-stream" };

/** A stream of these pieces, each in a packet of its own; left open unless the last one is null. */
async function send(response, ...pieces) {
  for (const [name, value] of Object.entries(STREAM)) {
    if (!response.hasHeader(name)) response.setHeader(name, value);
  }
  response.flushHeaders();
  for (const piece of pieces) {
    if (piece === null) response.end();
    else response.write(piece);
    await wait(4);
  }
}

const bytes = (...parts) => new Uint8Array(
  parts.flatMap((part) => [...(typeof part === "string" ? new TextEncoder().encode(part) : part)]));
const allow = (request, response, credentials = false) => {
  response.setHeader("Access-Control-Allow-Origin", request.headers.origin ?? "*");
  response.setHeader("Access-Control-Allow-Headers", "Last-Event-ID");
  if (credentials) response.setHeader("Access-Control-Allow-Credentials", "true");
  if (request.method !== "OPTIONS") return false;
  response.writeHead(204).end();
  return true;
};

/** A case that only reads: what the server says, and the events of it as `[type, data, id]`. */
const reads = (name, wpt, pieces, expected, types = ["message"], more = {}) => ({
  ...more,
  name,
  wpt,
  serve: (_request, response) => send(response, ...[pieces].flat()),
  async run(kit) {
    const got = await kit.take(kit.open(), expected.length, ...types);
    kit.same(got, expected, "what was read");
  },
});

/** The class that stands for the browser's own in Node takes each event's id for itself. */
const IDS = { notInNode: "the package eventsource forgets the id of an earlier event" };
/** Of Firefox's own, seen with 153. It breaks the standard there. */
const firefoxOwn = (reason) => ({ notInFirefox: { eventsource: reason } });
const messages = (...data) => data.map((each) => ["message", each, ""]);

export const cases = [
  // ---- format
  reads("data is joined by line feeds, and only whole events count", ["event-data", "format-data-before-final-empty-line"],
    ["data:one\n\n", "data:a\ndata\ndata:b\n\ndata:last\n\n", "data:not whole"],
    messages("one", "a\n\nb", "last")),
  {
    name: "an event without its empty line is dropped at the end",
    wpt: ["format-data-before-final-empty-line"],
    serve: (_request, response, { count }) => send(response, `retry:20\nid:${count}\ndata:whole ${count}\n\ndata:half\n`, null),
    async run(kit) {
      kit.same(await kit.data(kit.open(), 2), ["whole 1", "whole 2"], "data");
    },
  },
  reads("a byte order mark is skipped", ["format-bom"], [bytes([0xef, 0xbb, 0xbf], "data:1\n\ndata:2\n\n")], messages("1", "2")),
  reads("a byte order mark in pieces is skipped", ["format-bom"],
    [bytes([0xef]), bytes([0xbb]), bytes([0xbf], "data:1\n\ndata:2\n\n")], messages("1", "2")),
  reads("a second byte order mark belongs to a name, and so does a later one", ["format-bom-2"],
    [bytes([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], "data:1\n\ndata:2\n\n", [0xef, 0xbb, 0xbf], "data:3\n\ndata:4\n\n")],
    messages("2", "4")),
  reads("comments are skipped", ["format-comments"],
    `data:1\n:\0\n:\n::\n: data:x\ndata:2\n:${"x".repeat(4096)}\n\n:\r\n\ndata:3\n\n`, messages("1\n2", "3")),
  reads("one blank behind the colon goes", ["format-leading-space"],
    "data:\ttest\rdata: \ndata:test\n\ndata:  two\n\n", messages("\ttest\n\ntest", " two")),
  reads("data may be empty", ["format-field-data"],
    "data:\n\ndata\ndata\n\ndata:test\n\n", messages("", "\n", "test")),
  reads("names count as they are written", ["format-field-parsing", "format-field-unknown"],
    "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n"
      + "data:t\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:t\n\n",
    messages("\0\n 2\n1\n3\n\n4", "t\n\nt")),
  reads("a field without a colon has an empty value", ["format-field-parsing", "format-field-event-empty"],
    "event:x\nevent\ndata:1\n\nid:7\ndata:2\n\nid\ndata:3\n\n",
    [["message", "1", ""], ["message", "2", "7"], ["message", "3", ""]]),
  reads("a line ends with CR, LF or both", ["format-newlines"],
    "data:test\r\ndata\ndata:test\r\n\r\n", messages("test\n\ntest")),
  reads("line ends are split over pieces", ["format-newlines"],
    ["data:1\r", "\n", "data:2\r", "data:3\n", "\r", "\n", "data:4\r", "\r", "da", "ta:", "5\r\n\r", "\n"],
    messages("1\n2\n3", "4", "5")),
  reads("each byte may come alone", ["format-newlines", "format-utf-8"],
    [...bytes("data:ä😀\r\n\r\n")].map((byte) => bytes([byte])), messages("ä😀")),
  reads("text is UTF-8, and what is not is replaced", ["format-utf-8", "event-data"],
    [bytes("data:ok…\n\ndata:", [0xff], "!\n\n")], messages("ok…", "\ufffd!")),
  {
    name: "another charset makes no difference",
    wpt: ["format-utf-8"],
    fetchOnly: "Chromium's own refuses it",
    serve(_request, response) {
      response.setHeader("Content-Type", "text/event-stream;charset=windows-1252");
      send(response, "data:ok…\n\n");
    },
    run: async (kit) => kit.same(await kit.data(kit.open(), 1), ["ok…"], "data"),
  },
  reads("a null character is data", ["format-null-character"], "data:\0\n\n\n\ndata:a\0b\n\n", messages("\0", "a\0b"),
    ["message"], firefoxOwn("it leaves out null characters in text")),
  reads("types", ["format-field-event", "MOSQUITO/field-name-event"],
    "event:test\ndata:1\n\ndata:2\n\nevent: other\ndata:3\n\n",
    [["test", "1", ""], ["message", "2", ""], ["other", "3", ""]], ["test", "message", "other"]),
  reads("an empty type is a message", ["format-field-event-empty"], "event: \ndata:1\n\n", messages("1")),
  reads("types are told apart by case, and may be those of the stream itself", ["format-field-event"],
    "event:Message\ndata:0\n\nevent:message\ndata:1\n\nevent:open\ndata:2\n\nevent:constructor\ndata:3\n\n",
    [["message", "1", ""], ["constructor", "3", ""]], ["message", "constructor"]),

  // ---- ids
  reads("an id stays until there is another one", ["format-field-id-2", "format-field-id-3"],
    "id:1\ndata:a\n\ndata:b\n\nid:2\ndata:c\n\nid:…ä\ndata:d\n\n",
    [["message", "a", "1"], ["message", "b", "1"], ["message", "c", "2"], ["message", "d", "…ä"]], ["message"], IDS),
  reads("an empty id takes the last one away", ["format-field-id-3", "format-field-id"],
    "id:1\ndata:a\n\nid\ndata:b\n\ndata:c\n\nid:2\ndata:d\n\nid:\ndata:e\n\n",
    [["message", "a", "1"], ["message", "b", ""], ["message", "c", ""], ["message", "d", "2"], ["message", "e", ""]]),
  reads("an id with a null character is not an id", ["format-field-id-null"],
    "id:1\ndata:a\n\nid:2\0\ndata:b\n\nid:\0\ndata:c\n\nid:a\0b\ndata:d\n\n",
    [["message", "a", "1"], ["message", "b", "1"], ["message", "c", "1"], ["message", "d", "1"]], ["message"],
    { ...IDS, ...firefoxOwn("it takes the null character for an id, and loses the events around") }),
  reads("a block with only an id counts", ["format-field-id-2"],
    "id:1\ndata:a\n\nid:2\n\ndata:b\n\n", [["message", "a", "1"], ["message", "b", "2"]], ["message"],
    { ...IDS, ...firefoxOwn("it forgets the id of a block without data") }),
  {
    name: "the last id is sent when it comes back, as UTF-8",
    notInNode: "the package eventsource sends no id that is not ASCII",
    wpt: ["format-field-id", "eventsource-reconnect"],
    serve: (request, response) => send(response,
      `retry:20\nid: …é-1\ndata:${Buffer.from(request.headers["last-event-id"] ?? "", "latin1").toString()}\n\n`, null),
    run: async (kit) => kit.same(await kit.data(kit.open(), 2), ["", "…é-1"], "the header"),
  },
  {
    ...IDS,
    ...firefoxOwn("it forgets the id of a block without data, and so that one was taken away"),
    name: "an id that was taken away is not sent",
    wpt: ["format-field-id-2", "format-field-id-3"],
    serve: (request, response) => send(response, `retry:20\nid:1\ndata:${request.headers["last-event-id"]}\n\nid\n\n`, null),
    run: async (kit) => kit.same(await kit.data(kit.open(), 2), ["undefined", "undefined"], "the header"),
  },

  // ---- retry
  ...[
    ["the stream says when to come back", ["format-field-retry"], "retry:120\n"],
    ["what is not a number changes nothing", ["format-field-retry-bogus"], "retry:120\nretry:1000x\nretry:-5\nretry:1e4\n"],
    ["an empty retry changes nothing", ["format-field-retry-empty"], "retry:120\nretry\nretry:\n",
      "Chromium's own goes back to its default"],
  ].map(([name, wpt, lines, fetchOnly]) => ({
    name,
    wpt,
    fetchOnly,
    serve: (_request, response, { count }) => send(response, `${lines}data:${count}\n\n`, null),
    async run(kit) {
      const stream = kit.open();
      const error = kit.once(stream, "error");
      await kit.data(stream, 2);
      const { requests } = await kit.seen();
      const waited = requests[1].at - requests[0].at;
      const planned = kit.isNative ? waited : (await error).retryIn;
      // A browser's default is 3 s, ours 1 s.
      if (waited < 120 || planned > (kit.isNative ? 2900 : 180)) throw new Error(`it waited for ${waited} ms`);
    },
  })),

  // ---- answers
  ...[
    ["text/event-stream;", ["format-mime-trailing-semicolon"], true],
    ["text/event-stream;bogus", ["format-mime-valid-bogus"], true],
    ["Text/Event-Stream; charset=utf-8", ["format-mime-valid-bogus"], true],
    ["text/x-bogus", ["format-mime-bogus"], false],
    ["text/event-streams", ["format-mime-bogus"], false],
    ["text/html", ["format-mime-bogus"], false],
  ].map(([type, wpt, isStream]) => ({
    name: `the content type ${type} is ${isStream ? "a" : "no"} stream`,
    wpt,
    notInNode: "the package eventsource compares the beginning of what is written",
    serve(_request, response) {
      response.setHeader("Content-Type", type);
      send(response, "data:x\n\n");
    },
    async run(kit) {
      const stream = kit.open("", { maxRetry: 20 });
      if (isStream) {
        await kit.data(stream, 1);
      } else {
        const error = await kit.once(stream, "error");
        if (!kit.isNative) kit.same([error.final, error.status, stream.readyState], [true, 200, 2], "the error");
        await wait(60);
        if (!kit.isNative) kit.same((await kit.seen()).requests.length, 1, "requests");
      }
    },
  })),
  ...[204, 205, 400, 401, 403, 404, 410, 418].map((status) => ({
    name: `it ends with status ${status}`,
    wpt: ["request-status-error"],
    serve(_request, response) {
      response.writeHead(status, STREAM).end();
    },
    fetchOnly: "the browser does not tell the status, so it comes again",
    async run(kit) {
      const stream = kit.open();
      const error = await kit.once(stream, "error");
      kit.same([error.status, error.final, stream.readyState], [status, true, 2], "the error");
      await wait(60);
      kit.same((await kit.seen()).requests.length, 1, "requests");
    },
  })),
  ...[408, 425, 429, 500, 502, 503, 504].map((status) => ({
    name: `it comes again after status ${status}, and resumes`,
    wpt: [],
    serve(request, response, { count, url }) {
      if (count === 1) {
        send(response, "retry:20\nid:5\ndata:first\n\n", null);
      } else if (count < 4) {
        response.writeHead(status, STREAM).end("data:never\n\n");
      } else {
        send(response, `data:${request.headers["last-event-id"] ?? url.searchParams.get("lastEventId")}\n\n`);
      }
    },
    async run(kit) {
      const stream = kit.open("", { maxRetry: 40 });
      kit.same(await kit.data(stream, 2), ["first", "5"], "data");
    },
  })),
  ...[301, 302, 303, 307, 308].map((status) => ({
    name: `it follows a redirect ${status}`,
    // A host has six connections, so one of these is enough.
    ...(status !== 307 && { notInFirefox: { fetch: "it keeps the connection of a redirected fetch that is given up" } }),
    wpt: ["request-redirect"],
    serve(_request, response, { path, url }) {
      if (path !== "target") {
        response.writeHead(status, { Location: url.pathname.replace(/[^/]*$/, "target") }).end();
      } else {
        send(response, "data:there\n\n");
      }
    },
    async run(kit) {
      const stream = kit.open("first");
      await kit.once(stream, "open");
      kit.same(await kit.data(stream, 1), ["there"], "data");
      kit.same(stream.url, kit.url("first"), "the address");
    },
  })),

  // ---- requests
  {
    name: "it asks with GET for an event stream, and for none from a cache",
    wpt: ["request-accept", "request-cache-control", "request-post-to-connect", "MOSQUITO/accept-header-include-text-event-stream",
      "MOSQUITO/user-agent-announce-connection"],
    serve(_request, response, { count }) {
      response.setHeader("Cache-Control", "max-age=100");
      send(response, `retry:20\ndata:${count}\n\n`, null);
    },
    async run(kit) {
      kit.same(await kit.data(kit.open(), 2), ["1", "2"], "data");
      const { requests } = await kit.seen();
      kit.same([requests[0].method, requests[0].headers.accept], ["GET", "text/event-stream"], "the request");
    },
  },
  {
    name: "cookies go to its own origin, and to others only when asked",
    wpt: ["request-credentials", "eventsource-constructor-non-same-origin"],
    pageOnly: "Node has no cookies",
    serve(request, response) {
      if (allow(request, response, true)) return;
      send(response, `data:${/mine=1/.test(request.headers.cookie ?? "")}\n\n`);
    },
    async run(kit) {
      document.cookie = "mine=1; path=/; SameSite=Lax";
      kit.same(await kit.data(kit.open(), 1), ["true"], "same origin");
      kit.same(await kit.data(kit.open("", {}, kit.foreign), 1), ["false"], "another origin");
      const stream = kit.open("", { withCredentials: true }, kit.foreign);
      kit.same(await kit.data(stream, 1), ["true"], "with credentials");
      kit.same(stream.withCredentials, true, "withCredentials");
    },
  },
  {
    name: "another origin that allows it is read, a resume asks first",
    wpt: ["eventsource-cross-origin", "eventsource-cross-origin-preflight"],
    serve(request, response, { count }) {
      if (!allow(request, response)) send(response, `retry:20\nid:a,b:${count}\ndata:${request.headers["last-event-id"] ?? ""}\n\n`, null);
    },
    async run(kit) {
      const [, first] = await kit.data(kit.open("", {}, kit.foreign), 2);
      kit.same(/^a,b:\d$/.test(first), true, "the id");
      const stream = kit.open("", {}, kit.foreign);
      kit.same((await kit.once(stream, "message")).origin, kit.foreign, "the origin");
    },
  },
  {
    name: "another origin that does not allow it is not read",
    wpt: ["eventsource-cross-origin", "eventsource-constructor-non-same-origin"],
    pageOnly: "Node reads from everywhere",
    serve: (_request, response) => send(response, "data:secret\n\n"),
    async run(kit) {
      const stream = kit.open("", {}, kit.foreign);
      stream.onopen = stream.onmessage = () => { throw new Error("it was read"); };
      await kit.once(stream, "error");
    },
  },
  {
    name: "nobody at the address is an error, and is tried again",
    wpt: ["eventsource-constructor-non-same-origin"],
    serve: () => {},
    async run(kit) {
      const stream = kit.openAt("http://127.0.0.1:9/", { maxRetry: 20 });
      kit.same((await kit.once(stream, "error")).final, false, "final");
      kit.same(stream.readyState, 0, "readyState");
    },
  },

  // ---- the object
  {
    name: "an address may be relative, empty, or an object",
    wpt: ["eventsource-constructor-empty-url", "eventsource-constructor-stringify", "eventsource-url",
      "eventsource-constructor-url-multi-window", "eventsource-constructor-document-domain"],
    pageOnly: "Node has no address of its own",
    serve: (_request, response) => send(response, "data:x\n\n"),
    async run(kit) {
      kit.same(kit.openAt("").url, document.baseURI, "empty");
      kit.same(kit.openAt("a?b#c").url, new URL("a?b#c", document.baseURI).href, "relative");
      kit.same(kit.openAt({ toString: () => "odd" }).url, new URL("odd", document.baseURI).href, "an object");
      const stream = kit.openAt(new URL(kit.url()));
      await kit.data(stream, 1);
    },
  },
  {
    name: "what is not an address is refused",
    wpt: ["eventsource-constructor-url-bogus"],
    serve: () => {},
    async run(kit) {
      try {
        kit.openAt("http://[no]/");
      } catch (error) {
        kit.same([error instanceof DOMException, error.name], [true, "SyntaxError"], "the error");
        return;
      }
      throw new Error("it was taken");
    },
  },
  {
    name: "constants, handlers and listeners are those of EventSource",
    wpt: ["eventsource-prototype", "eventsource-eventtarget", "interfaces", "eventsource-onmessage"],
    serve: (_request, response) => send(response, "data:x\n\n"),
    async run(kit) {
      const { EventStream } = kit;
      kit.same([EventStream.CONNECTING, EventStream.OPEN, EventStream.CLOSED], [0, 1, 2], "constants");
      const stream = kit.open();
      kit.same([stream.CONNECTING, stream.OPEN, stream.CLOSED], [0, 1, 2], "constants of an object");
      kit.same([stream instanceof EventTarget, stream.readyState, stream.withCredentials], [true, 0, false], "state");
      kit.same([stream.onopen, stream.onmessage, stream.onerror, stream.onreset], [null, null, null, null], "handlers");
      stream.onmessage = 5;
      kit.same(stream.onmessage, null, "a handler that is not a function");
      const order = [];
      stream.onmessage = () => order.push("never");
      stream.onmessage = null;
      stream.addEventListener("message", function (event) {
        order.push(this === stream, event.target === stream, event instanceof MessageEvent);
      });
      stream.addEventListener("message", { handleEvent: () => order.push("object") });
      const removed = () => order.push("removed");
      stream.addEventListener("message", removed);
      stream.removeEventListener("message", removed);
      stream.onmessage = () => order.push("handler");
      await kit.once(stream, "message");
      kit.same(order, ["handler", true, true, true, "object"], "calls");
    },
  },
  {
    name: "it is connecting, then open, and events have an origin and no source",
    wpt: ["eventsource-onopen", "eventsource-readyState", "eventsource-onmessage"],
    serve: (_request, response) => send(response, "id:1\ndata:x\n\n"),
    async run(kit) {
      const stream = kit.open();
      kit.same(stream.readyState, 0, "readyState");
      const open = kit.once(stream, "open");
      const message = kit.once(stream, "message");
      const { bubbles, cancelable, data } = await open;
      kit.same([stream.readyState, bubbles, cancelable, data], [1, false, false, undefined], "the event");
      const event = await message;
      kit.same([event.origin, event.source, event.bubbles, event.cancelable, event.lastEventId],
        [kit.origin, null, false, false, "1"], "the message");
    },
  },
  {
    name: "closed, it says nothing more and does not come back",
    wpt: ["eventsource-close"],
    serve: (_request, response, { count }) => send(response, `retry:10\ndata:${count}\n\ndata:more\n\n`, null),
    async run(kit) {
      const never = kit.open();
      never.close();
      kit.same(never.readyState, 2, "readyState");
      const got = [];
      never.onopen = never.onerror = never.onmessage = (event) => got.push(event.type);
      const stream = kit.open();
      await new Promise((resolve) => {
        stream.onmessage = (event) => {
          got.push(event.data);
          stream.close();
          kit.same(stream.readyState, 2, "readyState");
          resolve();
        };
      });
      await wait(80);
      kit.same(got.length, 1, "events");
    },
  },
  {
    name: "it reconnects when the server ends it, each time with an error and an open",
    wpt: ["eventsource-reconnect", "eventsource-close"],
    serve: (_request, response, { count }) => send(response, `retry:10\nid:${count}\ndata:${count}\n\n`, null),
    async run(kit) {
      const stream = kit.open();
      const order = [];
      stream.addEventListener("open", () => order.push("open"));
      stream.addEventListener("error", () => order.push(`error ${stream.readyState}`));
      stream.addEventListener("message", (event) => order.push(event.data));
      await kit.until(() => order.length >= 7, () => JSON.stringify(order));
      kit.same(order.slice(0, 7), ["open", "1", "error 0", "open", "2", "error 0", "open"], "events");
    },
  },
  {
    name: "it reconnects when the connection breaks in the middle",
    wpt: ["eventsource-reconnect"],
    async serve(_request, response, { count }) {
      await send(response, `retry:10\nid:${count}\ndata:${count}\n\ndata:ha`);
      // What is on its way would be lost with it.
      await wait(1_000);
      if (count < 3) response.destroy();
    },
    run: async (kit) => kit.same(await kit.data(kit.open(), 3), ["1", "2", "3"], "data"),
  },
  {
    name: "a request that is given up reaches its end at the server",
    wpt: ["eventsource-request-cancellation", "eventsource-close"],
    serve: () => {},
    async run(kit) {
      const stream = kit.open();
      stream.onopen = stream.onmessage = stream.onerror = () => { throw new Error("it was heard"); };
      await kit.until(async () => (await kit.seen()).requests.length === 1);
      stream.close();
      await kit.until(async () => (await kit.seen()).open === 0);
    },
  },
  {
    name: "a listener that throws does not stop the stream",
    wpt: [],
    pageOnly: "in Node it ends the process, as it should",
    serve: (_request, response) => send(response, "data:1\n\ndata:2\n\n"),
    async run(kit) {
      const stream = kit.open();
      const catches = (event) => event.preventDefault();
      addEventListener("error", catches);
      stream.addEventListener("message", (event) => { if (event.data === "1") throw new Error("on purpose"); });
      kit.same(await kit.data(stream, 2), ["1", "2"], "data");
      removeEventListener("error", catches);
    },
  },

  // ---- beyond EventSource
  {
    name: "it begins at a position, and tells where it stands",
    wpt: [],
    serve(request, response, { url }) {
      const from = request.headers["last-event-id"] ?? url.searchParams.get("lastEventId");
      send(response, `data:${from}\n\nid:a:8\ndata:next\n\n`);
    },
    async run(kit) {
      const stream = kit.open("?channel=a", { position: "a:7" });
      const open = kit.once(stream, "open");
      kit.same(await kit.take(stream, 2), [["message", "a:7", "a:7"], ["message", "next", "a:8"]], "events");
      kit.same([stream.position, (await open).resumed], ["a:8", true], "the state");
    },
  },
  ...["forbidden", "bad-request"].map((condition) => ({
    name: `it closes on ${condition}`,
    wpt: [],
    serve: (_request, response) => send(response, "retry:10\nevent:stream-open\nid:a:1\ndata:\n\n"
      + `event:stream-error\nid:error\ndata:{"condition":"${condition}","text":"no","channels":["a"]}\n\ndata:after\n\n`, null),
    async run(kit) {
      const stream = kit.open();
      const raw = kit.once(stream, "stream-error");
      stream.onmessage = () => { throw new Error("it went on"); };
      const error = await kit.once(stream, "error");
      kit.same([error.condition, error.text, error.channels, error.final, stream.readyState],
        [condition, "no", ["a"], true, 2], "the error");
      kit.same([(await raw).lastEventId, stream.position], ["error", "a:1"], "positions");
      await wait(60);
      kit.same((await kit.seen()).requests.length, 1, "requests");
    },
  })),
  ...["shutdown", "slow", "token-expired", "internal-error"].map((condition) => ({
    name: `it comes back after ${condition}, where it was`,
    wpt: [],
    serve(request, response, { count }) {
      if (count > 1) send(response, `data:${request.headers["last-event-id"]}\n\n`);
      else send(response, `id:a:4\ndata:4\n\nevent:stream-error\ndata:{"condition":"${condition}","text":"soon"}\nretry:15\n\n`, null);
    },
    async run(kit) {
      const stream = kit.open();
      const error = kit.once(stream, "error");
      kit.same(await kit.data(stream, 2), ["4", "a:4"], "data");
      const { condition: told, final, retryIn } = await error;
      kit.same([told, final], [condition, false], "the error");
      if (!kit.isNative) kit.same(retryIn >= 15 && retryIn <= 22.5, true, "the wait");
    },
  })),
  {
    name: "it says what was missed, and goes on behind it",
    wpt: [],
    serve: (_request, response) => send(response,
      'event:stream-reset\nid:a:9\ndata:{"channels":["a"],"reasons":{"a":"expired"}}\n\nid:a:10\ndata:10\n\n'),
    async run(kit) {
      const stream = kit.open();
      const message = kit.once(stream, "message");
      const { channels, reasons, position } = await kit.once(stream, "reset");
      kit.same([channels, reasons, position], [["a"], { a: "expired" }, "a:9"], "the reset");
      kit.same((await message).data, "10", "data");
    },
  },
  {
    name: "it loads the state anew after a reset, and goes on where that is",
    wpt: [],
    serve(request, response, { url }) {
      const from = request.headers["last-event-id"] ?? url.searchParams.get("lastEventId");
      if (from === "a:12") send(response, "id:a:13\ndata:13\n\n");
      else send(response, 'retry:20\nevent:stream-reset\nid:a:9\ndata:{"channels":["a"],"reasons":{}}\n\nid:a:10\ndata:10\n\n');
    },
    async run(kit) {
      let calls = 0;
      const stream = kit.open("", {
        position: "a:1",
        async reload({ position }) {
          kit.same([position, stream.readyState], ["a:9", 0], "while it loads");
          await wait(20);
          if (++calls === 1) throw new Error("the database is away");
          return "a:12";
        },
      });
      const error = kit.once(stream, "error");
      kit.same(await kit.data(stream, 1), ["13"], "data");
      kit.same([calls, (await error).cause.message], [2, "the database is away"], "calls");
    },
  },
  {
    name: "a connection on which nothing comes is given up",
    wpt: [],
    serve(_request, response, { count }) {
      if (count === 1) send(response, "retry:20\nid:a:1\ndata:1\n\n");
      else send(response, "id:a:2\ndata:2\n\n");
    },
    async run(kit) {
      const stream = kit.open("", { idleTimeout: 2_000 });
      const error = kit.once(stream, "error");
      kit.same(await kit.data(stream, 2), ["1", "2"], "data");
      kit.same((await error).text, "nothing came for 2000 ms", "the error");
    },
  },
  {
    name: "a server that never answers is given up",
    wpt: [],
    serve: (_request, response, { count }) => count === 1 || send(response, "data:2\n\n"),
    async run(kit) {
      kit.same(await kit.data(kit.open("", { idleTimeout: 400, maxRetry: 20 }), 1), ["2"], "data");
    },
  },
  {
    name: "each failure doubles the wait, up to a limit, and an event takes it back",
    wpt: [],
    fetchOnly: "the browser does not tell what the server wants",
    serve(_request, response, { count }) {
      if (count === 1 || count === 6) send(response, "retry:20\ndata:x\n\n", null);
      else response.writeHead(502).end();
    },
    async run(kit) {
      const stream = kit.open("", { maxRetry: 100 });
      const waits = [];
      stream.onerror = (event) => waits.push(event.retryIn);
      await kit.until(() => waits.length >= 6);
      [20, 40, 80, 100, 100, 20].forEach((least, n) => {
        if (waits[n] < least || waits[n] > least * 1.5) throw new Error(`wait ${n} is ${waits[n]}, not ${least} to ${least * 1.5}`);
      });
      kit.same(new Set(waits).size > 3, true, "the waits are random");
    },
  },
  {
    name: "it does not come before the time that Retry-After names",
    wpt: [],
    fetchOnly: "the browser does not tell headers",
    serve: (_request, response) => response.writeHead(503, { "Retry-After": "7" }).end(),
    async run(kit) {
      const { retryIn, status } = await kit.once(kit.open(), "error");
      kit.same([status, retryIn >= 7000 && retryIn <= 10500], [503, true], "the error");
    },
  },
  {
    name: "headers go with each request, and a token is asked for anew each time",
    wpt: [],
    fetchOnly: "the browser's own sends no headers",
    serve: (request, response) => send(response,
      `retry:10\ndata:${request.headers.authorization} ${request.headers["x-tenant"]}\n\n`, null),
    async run(kit) {
      let asked = 0;
      const stream = kit.open("", { headers: { "X-Tenant": "blue" }, token: async () => `t${++asked}` });
      kit.same(await kit.data(stream, 2), ["Bearer t1 blue", "Bearer t2 blue"], "headers");
      const other = kit.open("", { headers: () => ({ "X-Tenant": "red" }), token: "fixed" });
      kit.same(await kit.data(other, 1), ["Bearer fixed red"], "headers");
    },
  },
  {
    name: "after 401 a new token is asked for, once",
    wpt: [],
    fetchOnly: "the browser's own sends no headers",
    serve(request, response) {
      if (request.headers.authorization === "Bearer t2") send(response, "retry:10\ndata:in\n\n", null);
      else response.writeHead(401).end();
    },
    async run(kit) {
      let asked = 0;
      const stream = kit.open("", { maxRetry: 20, token: () => `t${++asked}` });
      kit.same(await kit.data(stream, 1), ["in"], "data");
      await kit.until(() => stream.readyState === 2);
      kit.same(asked, 4, "asked");
    },
  },
  {
    name: "a token that cannot be had is an error that passes",
    wpt: [],
    fetchOnly: "the browser's own sends no headers",
    serve: (_request, response) => send(response, "data:in\n\n"),
    async run(kit) {
      let asked = 0;
      const stream = kit.open("", {
        maxRetry: 20,
        token() {
          if (++asked === 1) throw new Error("signed out");
          return "t";
        },
      });
      const error = kit.once(stream, "error");
      kit.same(await kit.data(stream, 1), ["in"], "data");
      kit.same([(await error).cause.message, (await error).final], ["signed out", false], "the error");
    },
  },
  {
    name: "what only fetch can do is refused with the browser's own",
    wpt: [],
    serve: () => {},
    async run(kit) {
      if (!kit.isNative) return;
      for (const options of [{ token: "t" }, { headers: { a: "b" } }, { shared: true }]) {
        try {
          kit.open("", options);
        } catch (error) {
          kit.same(error.message, `"${Object.keys(options)[0]}" needs the transport "fetch"`, "the error");
          continue;
        }
        throw new Error("it was taken");
      }
    },
  },
];
