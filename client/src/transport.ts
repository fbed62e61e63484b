import type { Failure } from "./events.js";
import { parser, type Listener } from "./parser.js";

/** Takes what one connection brings. After `ended` nothing comes. */
export interface Sink extends Omit<Listener, "event"> {
  opened(): void;
  event(type: string, data: string, id: string, origin: string): void;
  /** Something came, if only a comment. */
  alive(): void;
  /** It is cut, and comes back by itself. */
  interrupted(): void;
  /** @param final whether another attempt is of no use; @param after the least wait, in milliseconds */
  ended(failure: Failure, final: boolean, after?: number): void;
}

export interface Connection {
  close(): void;
  /** That events of a type are wanted, which only the browser's own needs to know. */
  listen?(type: string): void;
}

export interface Request {
  readonly url: string;
  /** "": from now on. */
  readonly position: string;
  readonly withCredentials: boolean;
}

export interface FetchSettings {
  readonly fetch: typeof fetch;
  /** Called at each attempt. */
  headers(): Promise<Headers>;
  /** Whether the next attempt may have other rights. */
  readonly isRenewed: boolean;
}

/** Too early, too many, too slow: those pass, as what a proxy says while the application is away. */
const isPassing = (status: number) => status >= 500 || [408, 425, 429].includes(status);

/** By `fetch`: headers, any event type, and the status of an answer. */
export function byFetch(settings: FetchSettings, { url, position, withCredentials }: Request, sink: Sink): Connection {
  const abort = new AbortController();
  const { signal } = abort;

  async function read(): Promise<void> {
    const headers = await settings.headers();
    headers.set("Accept", "text/event-stream");
    if (position) headers.set("Last-Event-ID", toBytes(position));
    if (signal.aborted) return;
    const answer = await settings.fetch(url, {
      headers,
      signal,
      cache: "no-store",
      credentials: withCredentials ? "include" : "same-origin",
    });
    if (signal.aborted) return;
    const { status, body } = answer;
    const isStream = /^text\/event-stream *(;|$)/i.test(answer.headers.get("Content-Type") ?? "");
    if (status !== 200 || !isStream || !body) {
      abort.abort();
      const text = status === 200 ? "the answer is not an event stream" : `the answer has status ${status}`;
      const isFinal = !isPassing(status) && !(status === 401 && settings.isRenewed);
      sink.ended({ status, text }, isFinal, Number(answer.headers.get("Retry-After")) * 1000 || 0);
      return;
    }
    const { origin } = new URL(answer.url || url);
    sink.opened();
    const reader = body.getReader();
    // A byte order mark goes, the first one only.
    const decoder = new TextDecoder();
    const feed = parser(
      {
        // A listener may have closed the stream in the middle of a piece.
        event: (type, data, id) => signal.aborted || sink.event(type, data, id, origin),
        id: (id) => signal.aborted || sink.id(id),
        retry: (time) => signal.aborted || sink.retry(time),
      },
      position,
    );
    for (let piece = await reader.read(); !piece.done && !signal.aborted; piece = await reader.read()) {
      sink.alive();
      feed(decoder.decode(piece.value, { stream: true }));
    }
    if (!signal.aborted) sink.ended({}, false);
  }

  read().catch((cause: unknown) => {
    if (signal.aborted) return;
    abort.abort();
    sink.ended({ cause }, false);
  });
  return { close: () => abort.abort() };
}

/** Headers are bytes; an id's are UTF-8. */
const toBytes = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));

/** By the browser's own EventSource, which says neither `retry` nor a status. */
export function byEventSource(
  Source: typeof EventSource, { url, position, withCredentials }: Request, types: Iterable<string>, sink: Sink,
): Connection {
  const from = new URL(url);
  if (position) from.searchParams.set("lastEventId", position);
  const source = new Source(from, { withCredentials });
  const heard = new Set<string>();
  // The browser does not know where we began.
  let hasId = false;
  source.onopen = () => {
    sink.alive();
    sink.opened();
  };
  source.onerror = () => {
    if (source.readyState === source.CLOSED) sink.ended({}, false);
    else sink.interrupted();
  };

  function listen(type: string): void {
    if (heard.has(type)) return;
    heard.add(type);
    source.addEventListener(type, (event: MessageEvent<string>) => {
      // The browser's own events of that name are not messages.
      if (typeof event.data !== "string" || source.readyState === source.CLOSED) return;
      sink.alive();
      hasId ||= event.lastEventId !== "";
      sink.event(type, event.data, hasId ? event.lastEventId : position, event.origin);
    });
  }

  for (const type of types) listen(type);
  return { close: () => source.close(), listen };
}
