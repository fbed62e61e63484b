import { useEffect, useRef, useState } from "react";
import {
  EventStream, type EventStreamOptions, type OpenEvent, type ResetEvent, type StreamErrorEvent,
} from "gripstream-client";

export interface UseEventStreamOptions extends EventStreamOptions {
  /** By type of event: what to do with it. The handlers may change at any time. */
  on?: Readonly<Record<string, (event: MessageEvent<string>) => void>>;
  onOpen?: (event: OpenEvent) => void;
  onReset?: (event: ResetEvent) => void;
  onError?: (event: StreamErrorEvent) => void;
}

export interface EventStreamState {
  readonly status: "off" | "connecting" | "open" | "paused" | "closed";
  /** The last one since the stream was open. */
  readonly error?: StreamErrorEvent;
}

/**
 * A stream for as long as the component is shown. Another address makes another stream; other handlers do not.
 *
 * @param url null: none
 * @param options read when the stream is made, except the handlers
 */
export function useEventStream(url: string | URL | null, options: UseEventStreamOptions = {}): EventStreamState {
  const [state, setState] = useState<EventStreamState>({ status: url === null ? "off" : "connecting" });
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const address = url === null ? null : String(url);
  const types = Object.keys(options.on ?? {}).sort().join("\n");
  useEffect(() => {
    if (address === null) {
      setState({ status: "off" });
      return;
    }
    setState({ status: "connecting" });
    const { reload } = latest.current;
    const stream = new EventStream(address, {
      ...latest.current,
      ...(reload && { reload: (reset) => (latest.current.reload ?? reload)(reset) }),
    });
    stream.onopen = (event) => {
      setState({ status: "open" });
      latest.current.onOpen?.(event);
    };
    stream.onreset = (event) => latest.current.onReset?.(event);
    stream.onerror = (error) => {
      setState({ status: error.final ? "closed" : "connecting", error });
      latest.current.onError?.(error);
    };
    stream.addEventListener("pause", () => setState({ status: "paused" }));
    for (const type of types ? types.split("\n") : []) {
      stream.addEventListener(type, (event: MessageEvent<string>) => latest.current.on?.[type]?.(event));
    }
    return () => stream.close();
  }, [address, types]);
  return state;
}
