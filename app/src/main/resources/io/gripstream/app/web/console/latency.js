// How long events take from publishing to this page. Exact for those that this page publishes: one clock.
// For others the server's time of storing is asked for, a second later, and its clock is compared with ours.
// Where it cannot be known, the reason is told.

import { api } from './session.js';

const KEPT = 300;
const ASK_AFTER_MS = 1000;
const MOST_ASKED = 100;

const published = new Map();
const arrivals = new Map();
const listeners = [];
let offset = null;
let openedAt = 0;
let isAsking = false;

/** Every latency that was measured, for the charts: { at, ms }. */
export const measured = [];

export const whenMeasured = (listener) => listeners.push(listener);

/** By how many milliseconds the server's clock is ahead of this one's, as far as that is known. */
export const clockOffset = () => offset ?? 0;

export function serverTime(at, asked, answered) {
  offset = at - (asked + answered) / 2;
  if (Math.abs(offset) < answered - asked) offset = 0;
}

/** A stream is open: what was stored before is replayed, and has no latency. */
export function opened() {
  openedAt = Date.now();
  published.clear();
}

const keyOf = (channel, id) => `${id} ${channel}`;

function bounded(map) {
  while (map.size > KEPT) map.delete(map.keys().next().value);
}

/** @param how with `ms`; or with `short` and `why`, where it is not known; `at`: the time of storing, if known */
function tell(channel, id, how) {
  // Its row is added a moment later.
  setTimeout(() => listeners.forEach((listener) => listener(channel, id, how)), 150);
}

function found(channel, id, ms, at) {
  measured.push({ at: Date.now(), ms });
  if (measured.length > 2000) measured.splice(0, 1000);
  tell(channel, id, { ms, at });
}

/** This page has published an event. It may have come back before the answer. */
export function sent(channel, id, begun) {
  const key = keyOf(channel, id);
  const arrival = arrivals.get(key);
  if (arrival !== undefined) {
    arrivals.delete(key);
    found(channel, id, arrival.tick - begun, null);
  } else {
    published.set(key, begun);
    bounded(published);
  }
}

/** An event of a stored channel has come. */
export function arrived(channel, id, tick) {
  const key = keyOf(channel, id);
  const begun = published.get(key);
  if (begun !== undefined) {
    published.delete(key);
    found(channel, id, tick - begun, null);
    return;
  }
  arrivals.set(key, { channel, id, tick, wall: Date.now() });
  bounded(arrivals);
  if (!isAsking) {
    isAsking = true;
    setTimeout(() => ask().finally(() => { isAsking = false; }), ASK_AFTER_MS);
  }
}

async function ask() {
  const byChannel = new Map();
  for (const arrival of arrivals.values()) {
    byChannel.set(arrival.channel, [...(byChannel.get(arrival.channel) ?? []), arrival]);
  }
  arrivals.clear();
  for (const [channel, those] of byChannel) {
    // A busy channel is sampled: its last ones.
    const some = those.slice(-MOST_ASKED);
    const since = some[0].id - 1;
    const query = new URLSearchParams({ channel, since, limit: MOST_ASKED });
    const page = await api(`/api/history?${query}`).catch(() => null);
    const times = new Map((page?.events ?? []).map((event) => [event.id, new Date(event.at)]));
    for (const { id, wall } of some) {
      const at = times.get(id);
      const stored = at?.getTime() - clockOffset();
      if (at === undefined) tell(channel, id, { short: '–', why: 'The time of storing could not be read.' });
      else if (stored < openedAt) tell(channel, id, { short: 'replayed', why: 'It was stored before this stream was opened.', at });
      else if (offset === null) tell(channel, id, { short: '–', why: 'The server’s clock is not known: this needs the right admin.', at });
      else found(channel, id, Math.max(0, wall - stored), at);
    }
  }
}
