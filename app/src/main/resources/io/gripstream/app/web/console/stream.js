// Reads streams with fetch: an EventSource can neither send a credential nor show events of types that it
// was not told beforehand.

import { authorized, refusal } from './session.js';

const RETRY_MS = 1000;

/** Splits bytes into events, as the WHATWG standard says (HTML, 9.2.6). */
export async function readEvents(body, each) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let event = { type: 'message', data: [], id: null };
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    // A carriage return at the very end may be half of a line break.
    const lines = (rest + value).split(/\r\n|\n|\r(?=[^])/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === '') {
        if (event.data.length > 0) each({ ...event, data: event.data.join('\n') });
        event = { type: 'message', data: [], id: null };
        continue;
      }
      const colon = line.indexOf(':');
      const name = colon < 0 ? line : line.slice(0, colon);
      const text = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (name === 'event') event.type = text || 'message';
      else if (name === 'data') event.data.push(text);
      else if (name === 'id' && !text.includes('\0')) event.id = text;
    }
  }
}

/** How the request reached the server; null for all but administrators. */
function seen(response) {
  try {
    return JSON.parse(response.headers.get('Gripstream-Seen'));
  } catch {
    return null;
  }
}

/**
 * Opens a stream once and reads it to its end.
 * @param opened called with how it reached the server
 */
export async function readOnce(channels, { position = null, rewind = 0, headers, signal, opened, each }) {
  const query = new URLSearchParams(channels.map((channel) => ['channel', channel]));
  if (rewind > 0) query.set('rewind', rewind);
  const all = { Accept: 'text/event-stream', 'Gripstream-Doctor': '1', ...(headers ?? authorized()) };
  if (position !== null) all['Last-Event-ID'] = position;
  const response = await fetch(`/events?${query}`, { headers: all, cache: 'no-store', signal });
  if (response.status !== 200) throw await refusal(response);
  opened?.(seen(response));
  await readEvents(response.body, each);
}

/**
 * Reads a stream and comes back when it breaks, until the signal aborts it or the server refuses it.
 * @param state called with 'opening', 'open', 'waiting' or 'refused', and why
 * @returns when it is over
 */
export async function follow(channels, { rewind = 0, signal, state, each }) {
  let position = null;
  while (!signal.aborted) {
    let isFinal = false;
    try {
      state('opening', position);
      await readOnce(channels, {
        position,
        rewind: position === null ? rewind : 0,
        signal,
        opened: (how) => state('open', how),
        each: (event) => {
          if (event.type === 'stream-error') {
            isFinal = event.id === 'error';
            if (isFinal) state('refused', JSON.parse(event.data).text);
          } else {
            position = event.id ?? position;
          }
          each(event);
        },
      });
      if (!isFinal) state('waiting', 'the stream ended');
    } catch (error) {
      if (signal.aborted) return;
      // A client's own mistake does not become right by repeating it.
      isFinal = error.status >= 400 && error.status < 500 && error.status !== 429;
      state(isFinal ? 'refused' : 'waiting', error.message);
    }
    if (isFinal) return;
    await new Promise((next) => setTimeout(next, RETRY_MS * (1 + Math.random())));
  }
}

/** The ids of a position by channel. The first pair of a channel counts; the epoch is left out. */
export function ids(position) {
  const all = new Map();
  for (const pair of (position ?? '').split(',')) {
    const colon = pair.lastIndexOf(':');
    const channel = decodeURIComponent(pair.slice(0, colon));
    if (colon > 0 && channel !== '.' && !all.has(channel)) all.set(channel, Number(pair.slice(colon + 1)));
  }
  return all;
}
