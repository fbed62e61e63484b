// Streams for the console: the client package, plus what only a console asks for. It wants events of all types,
// and how its request reached the server.

import { EventStream } from '/eventstream/client.js';
import { authorized, refusal } from './session.js';

/** A console is looked at: it comes back soon. */
const MAX_RETRY_MS = 5000;

/** How the request reached the server; null for all but administrators. */
function seen(response) {
  try {
    return JSON.parse(response.headers.get('Gripstream-Seen'));
  } catch {
    return null;
  }
}

/** A stream of channels. It resumes and comes back as the client package does. */
export class ChannelStream extends EventStream {
  #each;

  /**
   * @param each called with each event that comes, of whatever type: { type, data, id }
   * @param asked called before each request
   * @param answered called with how it reached the server
   */
  constructor(channels, { position, rewind = 0, headers = authorized, each, asked, answered }) {
    const query = new URLSearchParams(channels.map((channel) => ['channel', channel]));
    if (rewind > 0) query.set('rewind', rewind);
    super(`/events?${query}`, {
      position,
      maxRetry: MAX_RETRY_MS,
      headers: () => ({ 'Gripstream-Doctor': '1', ...headers() }),
      fetch: async (...request) => {
        this.refusal = null;
        asked?.();
        const response = await fetch(...request);
        if (response.status === 200) answered?.(seen(response));
        else this.refusal = (await refusal(response.clone())).message;
        return response;
      },
    });
    this.#each = each;
  }

  /** All events pass here, those that nobody listens to as well. */
  dispatchEvent(event) {
    if (event instanceof MessageEvent) {
      this.#each?.({ type: event.type, data: event.data, id: event.lastEventId });
    }
    return super.dispatchEvent(event);
  }

  /** Why there is no connection, in the server's own words if it has said any. */
  reason({ text, cause }) {
    return this.refusal ?? text ?? (cause ? cause.message : 'the stream ended');
  }
}

/** The ids of a position by channel. The first pair of a channel counts; the epoch is left out. */
export function ids(position) {
  const all = new Map();
  for (const pair of position.split(',')) {
    const colon = pair.lastIndexOf(':');
    const channel = decodeURIComponent(pair.slice(0, colon));
    if (colon > 0 && channel !== '.' && !all.has(channel)) all.set(channel, Number(pair.slice(colon + 1)));
  }
  return all;
}
