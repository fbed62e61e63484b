import { OpenEvent, ResetEvent, StreamErrorEvent, type Failure, type Reset } from "./events.js";
import { covers } from "./position.js";
import { canShare, Tabs, type News } from "./tabs.js";
import { byEventSource, byFetch, type Connection, type Request, type Sink } from "./transport.js";

type OrPromise<T> = T | Promise<T>;

export interface EventStreamOptions {
  /** Send cookies to another origin. */
  withCredentials?: boolean;
  /** Where to begin, as `position` was; `earliest`: with all that is retained. Without: from now on. */
  position?: string;
  /** `fetch`, unless a class is named for the other one. The browser's own cannot do what needs `fetch`. */
  transport?: "fetch" | "eventsource";
  /** Headers of each request. A function is called at each attempt. Needs `fetch`. */
  headers?: HeadersInit | (() => OrPromise<HeadersInit>);
  /** Sent as `Authorization: Bearer …`. A function is called at each attempt. Needs `fetch`. */
  token?: string | (() => OrPromise<string>);
  /**
   * Loads the state anew after a reset, while the stream is closed, and returns the position that the state
   * has: the stream goes on there. If it returns nothing, the stream goes on at the position in the
   * reset. When it fails, it is called again.
   */
  reload?: (reset: Reset) => OrPromise<string | void>;
  /** All tabs of this browser with this address use one connection; or with this name and address. Needs `fetch`. */
  shared?: boolean | string;
  /** Close the connection while the browser is offline, and return with it. */
  pauseWhenOffline?: boolean;
  /** Close the connection while the page is hidden, after this number of milliseconds (true: 10,000). */
  pauseWhenHidden?: boolean | number;
  /** Milliseconds without a byte after which the connection is taken for dead: 60,000; 0: never. */
  idleTimeout?: number;
  /**
   * Each failure doubles the wait before the next attempt, up to this number of milliseconds: 30,000. A random part, up
   * to half of it, is added. A longer wait that the server asks for (`retry`, `Retry-After`) is respected.
   */
  maxRetry?: number;
  /** Replaces the browser's own. */
  fetch?: typeof fetch;
  /** Replaces the browser's own. */
  EventSource?: typeof EventSource;
}

/** Events of the stream itself; all others are a `MessageEvent` of their type. */
export interface EventStreamEvents {
  open: OpenEvent;
  reset: ResetEvent;
  error: StreamErrorEvent;
  /** It has closed its connection because the page is hidden or the browser offline. */
  pause: Event;
  message: MessageEvent<string>;
}

type Handler<T> = ((this: EventStream, event: T) => unknown) | null;

/** Of these, each tells where the stream stands. */
const OWN_TYPES = ["message", "stream-open", "stream-reset", "stream-error", "keep-alive"];
/** Listeners on which no stream depends. */
const FIRST_OR_LAST = ["stream-open", "stream-error"];
const DEFAULT_RETRY = 1_000;
/** Timers take no more. */
const MAX_TIMER = 2 ** 31 - 1;
/** A tab that joins reads its own connection for this time: the beginning of a stream has come by then. */
const JOINING = 1_000;

/**
 * Used as `EventSource` is. It also comes back after an answer such as 502, resumes where it was, and closes
 * when the server says that coming back is of no use.
 */
export class EventStream extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSED = 2;

  readonly url: string;
  readonly withCredentials: boolean;

  readonly #options: EventStreamOptions;
  readonly #types = new Set(OWN_TYPES);
  readonly #handlers = new Map<string, ((event: Event) => unknown) | null>();
  readonly #tabs: Tabs | undefined;
  readonly #maxRetry: number;
  readonly #gone = new AbortController();

  #readyState: 0 | 1 | 2 = 0;
  #position: string;
  #connection: Connection | undefined;
  /** Hears of another tab's connection, and has none. */
  #isFollowing = false;
  /** Where the other tab stands, once it is open. */
  #theirs: string | undefined;
  #joinedAt = 0;
  #openedBefore = false;
  #cutAt = 0;
  #retry: number;
  #failures = 0;
  #wasRefused = false;
  #reason: Failure | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #heardAt = 0;
  #isPaused = false;

  /** @throws DOMException `SyntaxError` where the address is none */
  constructor(url: string | URL, options: EventStreamOptions = {}) {
    super();
    try {
      this.url = new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href;
    } catch {
      throw new DOMException(`"${url}" is not an address`, "SyntaxError");
    }
    this.#options = options;
    this.withCredentials = options.withCredentials ?? false;
    this.#position = options.position ?? "";
    this.#maxRetry = options.maxRetry ?? 30_000;
    this.#retry = Math.min(DEFAULT_RETRY, this.#maxRetry);
    const needsFetch = (["headers", "token", "shared"] as const).find((name) => options[name]);
    if (this.#usesEventSource() && needsFetch) {
      throw new TypeError(`"${needsFetch}" needs the transport "fetch"`);
    }
    const { shared } = options;
    if (shared && canShare()) {
      this.#tabs = new Tabs(`${shared}:${this.url}`, {
        elected: () => this.#elected(),
        heard: (news) => this.#heard(news),
        asked: () => this.#tellState(),
      });
    }
    this.#observe();
    if (this.#shouldPause()) this.#isPaused = true;
    else this.#begin();
  }

  get readyState(): 0 | 1 | 2 {
    return this.#readyState;
  }

  /** The position of the last event; pass it as `position` to another stream, also after a reload. */
  get position(): string {
    return this.#position;
  }

  get onopen(): Handler<OpenEvent> {
    return this.#handler("open");
  }
  set onopen(handler: Handler<OpenEvent>) {
    this.#handle("open", handler);
  }
  get onmessage(): Handler<MessageEvent<string>> {
    return this.#handler("message");
  }
  set onmessage(handler: Handler<MessageEvent<string>>) {
    this.#handle("message", handler);
  }
  get onerror(): Handler<StreamErrorEvent> {
    return this.#handler("error");
  }
  set onerror(handler: Handler<StreamErrorEvent>) {
    this.#handle("error", handler);
  }
  get onreset(): Handler<ResetEvent> {
    return this.#handler("reset");
  }
  set onreset(handler: Handler<ResetEvent>) {
    this.#handle("reset", handler);
  }

  override addEventListener<K extends keyof EventStreamEvents>(
    type: K, listener: (this: EventStream, event: EventStreamEvents[K]) => unknown,
    options?: boolean | AddEventListenerOptions): void;
  override addEventListener(
    type: string, listener: ((this: EventStream, event: MessageEvent<string>) => unknown) | EventListenerObject | null,
    options?: boolean | AddEventListenerOptions): void;
  override addEventListener(type: string, listener: unknown, options?: boolean | AddEventListenerOptions): void {
    this.#types.add(type);
    this.#connection?.listen?.(type);
    super.addEventListener(type, listener as EventListener, options);
  }

  override removeEventListener<K extends keyof EventStreamEvents>(
    type: K, listener: (this: EventStream, event: EventStreamEvents[K]) => unknown,
    options?: boolean | EventListenerOptions): void;
  override removeEventListener(
    type: string, listener: ((this: EventStream, event: MessageEvent<string>) => unknown) | EventListenerObject | null,
    options?: boolean | EventListenerOptions): void;
  override removeEventListener(type: string, listener: unknown, options?: boolean | EventListenerOptions): void {
    super.removeEventListener(type, listener as EventListener, options);
  }

  /** Closes the stream permanently. No event comes after it. */
  close(): void {
    this.#readyState = 2;
    this.#cut();
    this.#tabs?.leave();
    this.#gone.abort();
  }

  #handler<T>(type: string): Handler<T> {
    return (this.#handlers.get(type) ?? null) as Handler<T>;
  }

  /** As with EventSource: another handler has the place of the first one among the listeners. */
  #handle<T>(type: string, handler: Handler<T>): void {
    if (!this.#handlers.has(type)) super.addEventListener(type, (event) => this.#handlers.get(type)?.call(this, event));
    this.#handlers.set(type, typeof handler === "function" ? (handler as (event: Event) => unknown) : null);
  }

  // ---- one connection after the other

  #begin(): void {
    this.#tabs?.join();
    this.#connect();
  }

  #connect(): void {
    this.#cut();
    this.#joinedAt = Date.now();
    const { headers, token } = this.#options;
    const request: Request = { url: this.url, position: this.#position, withCredentials: this.withCredentials };
    const sink = this.#sink();
    this.#alive();
    this.#guard();
    if (this.#usesEventSource()) {
      this.#connection = byEventSource(this.#options.EventSource ?? EventSource, request, this.#types, sink);
      return;
    }
    this.#connection = byFetch(
      {
        fetch: this.#options.fetch ?? globalThis.fetch.bind(globalThis),
        isRenewed: !this.#wasRefused && [headers, token].some((each) => typeof each === "function"),
        headers: async () => {
          const all = new Headers(typeof headers === "function" ? await headers() : headers);
          const bearer = typeof token === "function" ? await token() : token;
          if (bearer) all.set("Authorization", `Bearer ${bearer}`);
          return all;
        },
      },
      request,
      sink,
    );
  }

  #usesEventSource(): boolean {
    const { transport, EventSource: own } = this.#options;
    return transport ? transport === "eventsource" : own !== undefined;
  }

  #sink(): Sink {
    return {
      opened: () => {
        this.#guard();
        this.#wasRefused = false;
        this.#open();
        this.#tellState();
        this.#followIfPossible();
      },
      event: (type, data, id, origin) => this.#event(type, data, id, origin),
      id: (id) => {
        this.#position = id;
      },
      retry: (time) => {
        this.#retry = time;
      },
      alive: () => this.#alive(),
      interrupted: () => this.#interrupt({}, undefined),
      ended: (failure, final, after) => this.#ended(failure, final, after),
    };
  }

  #open(): void {
    const resumed = this.#openedBefore || this.#position !== "";
    const away = this.#openedBefore && this.#cutAt ? Date.now() - this.#cutAt : 0;
    this.#openedBefore = true;
    this.#cutAt = 0;
    this.#readyState = 1;
    this.dispatchEvent(new OpenEvent(resumed, away));
  }

  #event(type: string, data: string, id: string, origin: string): void {
    const before = this.#position;
    if (!FIRST_OR_LAST.includes(type)) this.#failures = 0;
    this.#tabs?.tell({ kind: "event", type, data, id, origin, before });
    this.#deliver(type, data, id, origin);
    this.#followIfPossible();
  }

  /** Own or another tab's. */
  #deliver(type: string, data: string, id: string, origin: string): void {
    const before = this.#position;
    const connection = this.#connection;
    const message = new MessageEvent(type, { data, origin, lastEventId: id });
    if (type === "stream-error") {
      // Its id is not a position.
      const { condition, text, channels } = parse(data) as Failure;
      this.#reason = { condition, text, channels };
      this.dispatchEvent(message);
      if (id === "error") this.#end(this.#reason);
      return;
    }
    this.#position = id;
    this.dispatchEvent(message);
    if (type === "stream-reset" && this.#readyState !== 2) {
      const { channels = [], reasons = {} } = parse(data) as Partial<Reset>;
      const reset = { channels, reasons, position: id };
      this.dispatchEvent(new ResetEvent(reset));
      if (this.#options.reload && connection === this.#connection) this.#reload(reset, before);
    }
  }

  #reload(reset: Reset, before: string): void {
    const { reload } = this.#options;
    this.#interrupted();
    this.#cut();
    // If it fails, or the page leaves, the next connection is reset again.
    this.#position = before;
    const attempt = (this.#connection = { close: () => {} });
    Promise.resolve(reset).then(reload).then(
      (position) => {
        if (attempt !== this.#connection) return;
        this.#position = position ?? reset.position;
        this.#connect();
      },
      (cause: unknown) => attempt === this.#connection && this.#ended({ cause }, false),
    );
  }

  #interrupted(): void {
    this.#cutAt ||= Date.now();
    this.#readyState = 0;
  }

  #interrupt(failure: Failure, retryIn: number | undefined): void {
    this.#interrupted();
    const reason = this.#reason ?? failure;
    this.#reason = undefined;
    this.#tabs?.tell({ kind: "cut", failure: portable(reason), retryIn, position: this.#position });
    this.dispatchEvent(new StreamErrorEvent(reason, false, retryIn));
  }

  #ended(failure: Failure, final: boolean, after = 0): void {
    if (final) {
      this.#end(failure);
      return;
    }
    this.#cut();
    this.#wasRefused = failure.status === 401;
    const doubled = Math.min(this.#retry * 2 ** Math.min(this.#failures++, 20), this.#maxRetry);
    // Never before the server wants it, and not all clients at once.
    const retryIn = Math.min(Math.max(doubled, this.#retry, after) * (1 + Math.random() / 2), MAX_TIMER);
    this.#timer = setTimeout(() => this.#connect(), retryIn);
    this.#interrupt(failure, retryIn);
  }

  #end(failure: Failure): void {
    this.#tabs?.tell({ kind: "closed", failure: portable(failure) });
    this.close();
    this.dispatchEvent(new StreamErrorEvent(failure, true, undefined));
  }

  /** Nothing of the present connection, or of waiting for the next one, is left. */
  #cut(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    this.#connection?.close();
    this.#connection = undefined;
    this.#isFollowing = false;
  }

  // ---- connections that end silently

  #alive(): void {
    this.#heardAt = Date.now();
  }

  #guard(): void {
    const { idleTimeout = 60_000 } = this.#options;
    if (!idleTimeout) return;
    clearTimeout(this.#watch);
    const check = () => {
      const left = this.#heardAt + idleTimeout - Date.now();
      if (left > 0) this.#watch = setTimeout(check, left);
      else this.#ended({ text: `nothing came for ${idleTimeout} ms` }, false);
    };
    this.#watch = setTimeout(check, idleTimeout);
  }

  // ---- pages that are hidden, browsers that are offline

  #observe(): void {
    const { pauseWhenHidden } = this.#options;
    const options = { signal: this.#gone.signal };
    const page = globalThis.document;
    let hiding: ReturnType<typeof setTimeout>;
    if (pauseWhenHidden && page) {
      page.addEventListener("visibilitychange", () => {
        clearTimeout(hiding);
        if (page.hidden) hiding = setTimeout(() => this.#pauseOrResume(), pauseWhenHidden === true ? 10_000 : pauseWhenHidden);
        else this.#pauseOrResume();
      }, options);
    }
    if (typeof globalThis.addEventListener === "function") {
      globalThis.addEventListener("offline", () => this.#pauseOrResume(), options);
      globalThis.addEventListener("online", () => {
        this.#pauseOrResume();
        // No need to wait any longer.
        if (this.#readyState === 0 && !this.#connection && !this.#isPaused && !this.#isFollowing) this.#connect();
      }, options);
    }
  }

  #shouldPause(): boolean {
    const { pauseWhenHidden, pauseWhenOffline } = this.#options;
    return !!(pauseWhenHidden && globalThis.document?.hidden)
      || !!(pauseWhenOffline && globalThis.navigator?.onLine === false);
  }

  #pauseOrResume(): void {
    if (this.#readyState === 2 || this.#isPaused === this.#shouldPause()) return;
    this.#isPaused = !this.#isPaused;
    if (this.#isPaused) {
      this.#interrupted();
      this.#cut();
      this.#tabs?.leave();
      this.dispatchEvent(new Event("pause"));
    } else {
      this.#failures = 0;
      this.#begin();
    }
  }

  // ---- one connection for all tabs

  #elected(): void {
    // The one before has gone; a tab that reads its own connection goes on with it.
    if (this.#isFollowing) this.#connect();
    else this.#tellState();
  }

  #tellState(): void {
    if (this.#readyState === 1) this.#tabs?.tell({ kind: "open", position: this.#position });
  }

  #heard(news: News): void {
    if (this.#readyState === 2 || this.#isPaused) return;
    if (this.#isFollowing) this.#alive();
    if (news.kind === "event") {
      if (this.#theirs !== undefined && news.type !== "stream-error") this.#theirs = news.id;
      if (this.#isFollowing) this.#repeat(news);
      return;
    }
    this.#theirs = news.kind === "open" ? news.position : undefined;
    if (!this.#isFollowing) {
      this.#followIfPossible();
    } else if (news.kind === "closed") {
      this.#end(news.failure);
    } else if (news.kind === "open") {
      clearTimeout(this.#timer);
      if (this.#readyState === 0) this.#open();
    } else {
      // A hidden tab may be suspended, or closed.
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#connect(), (news.retryIn ?? this.#retry) + 2 * JOINING);
      this.#interrupt(news.failure, news.retryIn);
    }
  }

  #repeat({ type, data, id, origin, before }: News & { kind: "event" }): void {
    if (type === "stream-reset" || type === "stream-error") this.#deliver(type, data, id, origin);
    else if (id !== before && covers(this.#position, id)) return;
    else if (covers(this.#position, before)) this.#deliver(type, data, id === before ? this.#position : id, origin);
    // Something between was not heard: read it from the server.
    else this.#connect();
  }

  /** Closes the connection of this tab if the other tab's connection has the same position. */
  #followIfPossible(): void {
    const tabs = this.#tabs;
    if (!tabs || tabs.isElected || this.#isFollowing || this.#readyState !== 1) return;
    const left = this.#joinedAt + JOINING - Date.now();
    clearTimeout(this.#timer);
    if (left > 0) {
      this.#timer = setTimeout(() => this.#followIfPossible(), left);
    } else if (this.#theirs === undefined) {
      // A browser opens few connections to one host: the other tab may wait for this one's.
      tabs.takeOver();
    } else if (covers(this.#position, this.#theirs)) {
      this.#cut();
      this.#isFollowing = true;
      this.#guard();
    }
  }
}

function parse(json: string): object {
  try {
    return Object(JSON.parse(json));
  } catch {
    return {};
  }
}

/** The part that other tabs can get: causes cannot be copied. */
function portable({ status, condition, text, channels, cause }: Failure): Failure {
  return { status, condition, text: text ?? (cause === undefined ? undefined : String(cause)), channels };
}
