// Trials of what is promised: a stream that was cut misses nothing, one that was away for too long is told so,
// and one whose right is taken away ends. Each uses a channel of its own, so that nobody else sees it.

import { $, el, millis, random } from './dom.js';
import { ChannelStream, ids } from './stream.js';
import { api } from './session.js';
import { publish } from './publish.js';

const PATIENCE_MS = 15_000;
const QUIET_MS = 700;

/** A stream under trial: what it got, and waiting for more. */
class Trial {
  constructor(channel, headers) {
    this.channel = channel;
    this.headers = headers;
    this.events = [];
    this.position = '';
    this.wake = () => {};
  }

  /** Where it was cut, or from now on. */
  open() {
    this.isOver = false;
    this.failure = null;
    this.stream = new ChannelStream([this.channel], {
      position: this.position,
      headers: this.headers && (() => this.headers),
      each: (event) => {
        if (event.type !== 'keep-alive') this.events.push(event);
        this.wake();
      },
    });
    this.stream.onerror = (error) => {
      this.isOver = error.final;
      if (error.final && !error.condition) this.failure = new Error(this.stream.reason(error));
      this.wake();
    };
  }

  cut() {
    this.position = this.stream.position;
    this.stream.close();
  }

  /** Waits for what the trial expects; throws if it does not come. */
  async until(what, isThere) {
    const deadline = Date.now() + PATIENCE_MS;
    while (!isThere(this.events)) {
      if (this.failure) throw this.failure;
      if (this.isOver) throw new Error(`The stream ended, without ${what}.`);
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${what} did not come within ${PATIENCE_MS / 1000} s.`);
      await Promise.race([
        new Promise((next) => { this.wake = next; }),
        new Promise((next) => { setTimeout(next, left); }),
      ]);
    }
  }
}

const has = (type) => (events) => events.some((event) => event.type === type);
const pause = (ms) => new Promise((next) => { setTimeout(next, ms); });

async function begun(channel, step, headers) {
  const trial = new Trial(channel, headers);
  trial.open();
  await trial.until('the opening', has('stream-open'));
  step(`A stream of ${channel} is open.`);
  return trial;
}

async function send(channel, texts, step) {
  const sent = [];
  for (const text of texts) {
    const { ids: given } = await publish({ channel, type: 'trial', data: text });
    if (given[channel] === null) throw new Error('This channel is not stored, so there is nothing to recover: a storage is needed.');
    sent.push({ id: given[channel], text });
  }
  step(`Published meanwhile: ${sent.map(({ id }) => id).join(', ')}.`);
  return sent;
}

/** A first event, so that the stream has a place from which to go on. */
async function first(trial, step) {
  const { ids: given } = await publish({ channel: trial.channel, type: 'trial', data: 'first' });
  if (given[trial.channel] === null) throw new Error('This channel is not stored, so there is nothing to recover: a storage is needed.');
  await trial.until('the first event', has('trial'));
  step(`It has received event ${given[trial.channel]}.`);
}

async function drop(step) {
  const channel = `console-trial-${random()}`;
  const trial = await begun(channel, step);
  await first(trial, step);
  trial.cut();
  step('Its connection is cut.');
  const sent = await send(channel, ['one', 'two', 'three'], step);
  const before = trial.events.length;
  step(`It comes back with position ${trial.position}.`);
  trial.open();
  await trial.until('the third event', (events) => events.length > before + sent.length);
  // Whether something comes twice shows a moment later.
  await pause(QUIET_MS);
  trial.cut();
  const got = trial.events.slice(before).filter(({ type }) => type !== 'stream-open')
    .map((event) => ({ id: ids(event.id).get(channel), text: event.data }));
  step(`Received: ${got.map(({ id, text }) => `${id} (${text})`).join(', ')}.`);
  if (JSON.stringify(got) !== JSON.stringify(sent)) throw new Error('These are not exactly the events that were published.');
  return 'Exactly these three arrived, once, in order.';
}

async function fallBehind(step) {
  const channel = `console-trial-${random()}`;
  const trial = await begun(channel, step);
  await first(trial, step);
  trial.cut();
  step('Its connection is cut.');
  await send(channel, ['one', 'two', 'three'], step);
  const { up_to: upTo } = await api(`/api/history?channel=${channel}`, { method: 'DELETE' });
  step(`The history is forgotten up to event ${upTo}, as after its retention.`);
  step(`The stream comes back with position ${trial.position}.`);
  trial.open();
  await trial.until('the reset', has('stream-reset'));
  trial.cut();
  const reset = trial.events.find(({ type }) => type === 'stream-reset');
  const reason = JSON.parse(reset.data).reasons[channel];
  step(`It is told stream-reset, reason “${reason}”, and goes on from ${reset.id}.`);
  return 'The client knows that events are missing, and loads its state again.';
}

async function takeRight(step) {
  const channel = `console-trial-${random()}`;
  const visitor = await api('/console/visitor', { method: 'POST', body: { channel } });
  step(`A token for user ${visitor.user} is made; it reads one channel for 10 minutes.`);
  const trial = await begun(channel, step, { Authorization: `Bearer ${visitor.token}` });
  // The server ends it within 5 s; a proxy counts a new stream only after a moment.
  await pause(QUIET_MS);
  const at = performance.now();
  const query = new URLSearchParams({ user: visitor.user, channel });
  await api('/api/revoke', {
    method: 'POST',
    body: { user: visitor.user, channel, until: new Date(Date.now() + 600_000).toISOString() },
  });
  step('Its right is revoked, on every instance and behind every proxy.');
  try {
    await trial.until('the end', has('stream-error'));
    const error = trial.events.find(({ type }) => type === 'stream-error');
    step(`stream-error “${JSON.parse(error.data).condition}” after ${millis(performance.now() - at)}.`);
    trial.cut();
    trial.events = [];
    trial.position = '';
    trial.open();
    await trial.until('a refusal', has('stream-error'));
    step('The same token opens no stream any more.');
  } finally {
    trial.cut();
    await api(`/api/revoke?${query}`, { method: 'DELETE' }).catch(() => {});
  }
  return 'The stream ended, and the token is worth nothing on this channel.';
}

async function run(button, list, result, trial) {
  button.disabled = true;
  list.replaceChildren();
  result.textContent = 'Running …';
  result.dataset.mood = '';
  const from = performance.now();
  const step = (text) => list.append(el('li', {}, el('span', { class: 'number' }, `+${millis(performance.now() - from)}`), ` ${text}`));
  try {
    result.textContent = await trial(step);
    result.dataset.mood = 'good';
  } catch (error) {
    result.textContent = error.message;
    result.dataset.mood = 'bad';
  }
  button.disabled = false;
}

export function start() {
  for (const [id, trial] of Object.entries({ drop, behind: fallBehind, right: takeRight })) {
    const button = $(`trial-${id}`);
    button.addEventListener('click', () => run(button, $(`trial-${id}-steps`), $(`trial-${id}-result`), trial));
  }
}
