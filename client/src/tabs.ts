import type { Failure } from "./events.js";

/** What the tab with the connection tells the others. */
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
  #leave: AbortController | undefined;
  isElected = false;

  constructor(name: string, tab: Tab) {
    this.#name = `gripstream:${name}`;
    this.#tab = tab;
  }

  join(): void {
    if (this.#channel) return;
    const channel = new BroadcastChannel(this.#name);
    const leave = new AbortController();
    this.#channel = channel;
    this.#leave = leave;
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind !== "hello") this.#tab.heard(data);
      else if (this.isElected) this.#tab.asked();
    };
    navigator.locks
      .request(this.#name, { signal: leave.signal }, () => {
        this.isElected = true;
        this.#tab.elected();
        return new Promise<void>((resolve) => leave.signal.addEventListener("abort", () => resolve()));
      })
      .catch(() => {
        // It left before its turn.
      });
    channel.postMessage({ kind: "hello" } satisfies Message);
  }

  tell(news: News): void {
    if (this.isElected) this.#channel?.postMessage(news);
  }

  leave(): void {
    this.isElected = false;
    this.#channel?.close();
    this.#channel = undefined;
    this.#leave?.abort();
  }
}
