import type { Failure } from "./events.js";

/** The messages of the tab with the connection to the others. */
export type News =
  | { readonly kind: "event"; type: string; data: string; id: string; origin: string; before: string }
  | { readonly kind: "open"; position: string }
  | { readonly kind: "cut"; failure: Failure; retryIn: number | undefined; position: string }
  | { readonly kind: "closed"; failure: Failure };

type Message = News | { readonly kind: "hello" };

export interface Tab {
  /** This tab's connection is from now on that of all. */
  elected(): void;
  /** From the tab that has it. */
  heard(news: News): void;
  /** One has come and asks for the state of things. */
  asked(): void;
}

/** Whether tabs of this browser can find each other: not in old ones, and not without TLS. */
export const canShare = () => typeof BroadcastChannel === "function" && !!globalThis.navigator?.locks;

/**
 * All tabs of this origin that share the stream of a name. One of them holds a lock; when it goes, in whatever
 * way, the browser gives the lock to the next one.
 */
export class Tabs {
  readonly #name: string;
  readonly #tab: Tab;
  #channel: BroadcastChannel | undefined;
  /** Of holding the lock, or waiting for it; aborted: neither. */
  #turn: AbortController | undefined;
  isElected = false;

  constructor(name: string, tab: Tab) {
    this.#name = `gripstream:${name}`;
    this.#tab = tab;
  }

  join(): void {
    if (this.#channel) return;
    const channel = (this.#channel = new BroadcastChannel(this.#name));
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind !== "hello") this.#tab.heard(data);
      else if (this.isElected) this.#tab.asked();
    };
    this.#request(false);
    channel.postMessage({ kind: "hello" } satisfies Message);
  }

  /** The one that is elected has no connection, and this one has. */
  takeOver(): void {
    this.#request(true);
  }

  #request(steal: boolean): void {
    this.#turn?.abort();
    const turn = (this.#turn = new AbortController());
    navigator.locks
      .request(this.#name, steal ? { steal } : { signal: turn.signal }, () => {
        if (turn !== this.#turn) return;
        this.isElected = true;
        this.#tab.elected();
        return new Promise<void>((resolve) => turn.signal.addEventListener("abort", () => resolve()));
      })
      .catch(() => {
        // It has left before its turn; or another one has taken over.
        if (turn !== this.#turn) return;
        this.isElected = false;
        this.#request(false);
      });
  }

  tell(news: News): void {
    if (this.isElected) this.#channel?.postMessage(news);
  }

  leave(): void {
    this.isElected = false;
    this.#channel?.close();
    this.#channel = undefined;
    this.#turn?.abort();
    this.#turn = undefined;
  }
}
