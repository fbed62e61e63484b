// Watch: the events of channels as they come, and those before them.

import { $, age, bytes, clock, copy, el, millis, names, say } from './dom.js';
import { ChannelStream, ids } from './stream.js';
import { api, isSignedIn, session } from './session.js';
import { arrived, clockOffset, opened, whenMeasured } from './latency.js';

const KEPT_ROWS = 500;
/** Rows of earlier pages below them. */
const KEPT_EARLIER = 2000;
const PAGE = 50;
const AGES_EVERY_MS = 5000;
const OFFER_EVERY_MS = 5000;
const MOST_OFFERED = 8;
const COMPLETE_AFTER_MS = 150;

let watching = null;
let channels = [];
let isPaused = false;
let last = new Map();
let oldest = new Map();
let waiting = [];
let isDue = false;
let missed = 0;
let earlierRows = 0;

/** What a row shows is kept with it: channel, id, type, data, at. */
const events = new WeakMap();

/** How the stream reached the server, for the line and for the page's head. */
function told(how) {
  const protocol = performance.getEntriesByType('resource')
    .findLast((entry) => entry.name.includes('/events?'))?.nextHopProtocol
    || performance.getEntriesByType('navigation')[0]?.nextHopProtocol || '';
  const version = { 'http/1.1': 'HTTP/1.1', h2: 'HTTP/2', h3: 'HTTP/3' }[protocol] ?? protocol;
  let path = 'open';
  if (how !== null) {
    const known = how.features.includes('link:gone') ? 'Pushpin 1.41' : 'a Pushpin older than 1.41';
    path = how.channels.length > 0
      ? `proxied, held by ${known}${how.proxy ? ` (control port ${how.proxy})` : ''}`
      : 'direct, held by the server itself';
  }
  return version ? `${path}, ${version}` : path;
}

function state(what, why) {
  if (what === 'open') opened();
  const line = {
    opening: why ? 'Coming back …' : 'Opening …',
    open: `Open: ${what === 'open' ? told(why) : ''}`,
    waiting: `Cut (${why}); trying again …`,
    refused: `Refused: ${why}`,
  }[what];
  say('watch-state', line, { open: 'good', waiting: 'warn', refused: 'bad' }[what] ?? '');
  $('watch-state').dataset.state = what;
}

/** The channel of an event, and its id there: what the position says that it did not say before. */
function place(event) {
  if (event.type.startsWith('stream-')) return null;
  const now = ids(event.id);
  const changed = [...now].find(([channel, id]) => id > (last.get(channel) ?? 0));
  return changed === undefined ? null : { channel: changed[0], id: changed[1] };
}

function receive(event) {
  const at = place(event);
  for (const [channel, id] of ids(event.id)) last.set(channel, id);
  if (event.type === 'stream-open' || event.type === 'keep-alive') return;
  const channel = at?.channel ?? (channels.length === 1 && !event.type.startsWith('stream-') ? channels[0] : '');
  const row = { channel, id: at?.id ?? null, type: event.type, data: event.data, arrival: new Date() };
  if (at !== null) {
    if (!oldest.has(channel)) oldest.set(channel, at.id);
    arrived(channel, at.id, performance.now());
  }
  waiting.push(row);
  if (waiting.length > KEPT_ROWS) {
    waiting.shift();
    missed++;
  }
  if (!isPaused) soon();
  else say('watch-paused', `${waiting.length + missed} new`);
}

/** Rows are added a few times a second, however many events come. */
function soon() {
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    if (isPaused) return;
    const rows = waiting.map(rowOf).reverse();
    waiting = [];
    $('rows').prepend(...rows);
    while ($('rows').rows.length > KEPT_ROWS + earlierRows) $('rows').lastElementChild.remove();
    ages();
    filter();
  }, 60);
}

function rowOf(event) {
  const control = event.type.startsWith('stream-');
  const row = el('tr', { class: control ? 'control' : null, 'data-channel': event.channel, 'data-id': event.id },
    el('td', { 'data-label': 'Time' }, clock(event.at ?? event.arrival)),
    el('td', { 'data-label': 'Channel', class: 'name' }, event.channel),
    el('td', { 'data-label': 'Type', class: 'name' }, event.type),
    el('td', { 'data-label': 'Data', class: 'data' }, event.data),
    el('td', { 'data-label': 'Id', class: 'number' }, event.id === null ? '–' : String(event.id)),
    el('td', { 'data-label': 'Size', class: 'number' }, bytes(new TextEncoder().encode(event.data).length)),
    el('td', { 'data-label': 'Age', class: 'number age' }),
    el('td', { 'data-label': 'Latency', class: 'number latency', title: unknown(event) }, '–'));
  const button = el('button', { type: 'button', class: 'quiet', tabindex: -1, 'aria-label': `Copy event ${event.id ?? event.type}` }, 'Copy');
  button.addEventListener('click', () => copy(json(event), button));
  row.append(el('td', { class: 'act' }, button));
  events.set(row, event);
  return row;
}

/** Why the latency of an event is not known, and will not be. */
function unknown(event) {
  if (event.at) return 'It was stored before this page asked for it.';
  return event.id === null ? 'It is not stored, so nothing says when it was published.' : null;
}

const json = ({ channel, id, type, data }) => JSON.stringify({ channel, id, type, data });

function ages() {
  const now = Date.now();
  for (const row of $('rows').rows) {
    const event = events.get(row);
    row.querySelector('.age').textContent = age(now - (event.at ?? event.arrival));
  }
}

function filter() {
  const wanted = $('filter').value.toLowerCase();
  let shown = 0;
  for (const row of $('rows').rows) {
    const event = events.get(row);
    row.hidden = wanted !== '' && !`${event.channel} ${event.type} ${event.data} ${event.id}`.toLowerCase().includes(wanted);
    shown += row.hidden ? 0 : 1;
  }
  $('rows-none').hidden = shown > 0;
  $('rows-none').textContent = wanted !== '' && $('rows').rows.length > 0
    ? 'No event matches the filter.' : 'No event yet. Publish one, or begin with the last ones.';
}

function close() {
  watching?.close();
  watching = null;
  $('close').disabled = true;
}

export function open(wanted, rewind = 0) {
  close();
  channels = wanted;
  last = new Map();
  oldest = new Map();
  waiting = [];
  earlierRows = 0;
  $('rows').replaceChildren();
  say('watch-paused', '');
  filter();
  $('close').disabled = false;
  $('earlier').disabled = false;
  // The request begins a moment later. Until then the line must not tell of the stream before.
  state('opening', '');
  let how = null;
  const stream = new ChannelStream(channels, {
    rewind,
    each: receive,
    asked: () => state('opening', stream.position),
    answered: (reached) => { how = reached; },
  });
  stream.onopen = () => state('open', how);
  stream.onerror = (error) => {
    state(error.final ? 'refused' : 'waiting', stream.reason(error));
    if (error.final) close();
  };
  watching = stream;
}

/** One page of what was stored before the oldest event that is shown, of each channel. */
async function earlier() {
  try {
    const pages = await Promise.all(channels.map(async (channel) => {
      const before = oldest.get(channel) ?? (last.get(channel) ?? 0) + 1;
      if (before <= 1) return [];
      const since = Math.max(0, before - 1 - PAGE);
      const query = new URLSearchParams({ channel, since, limit: Math.max(1, before - 1 - since) });
      const page = await api(`/api/history?${query}`);
      oldest.set(channel, since + 1);
      return page.events.map((event) => ({ ...event, channel, at: new Date(event.at) }));
    }));
    const found = pages.flat().sort((a, b) => b.at - a.at);
    $('rows').append(...found.map(rowOf));
    earlierRows += found.length;
    ages();
    filter();
    const isOver = channels.every((channel) => (oldest.get(channel) ?? 1) <= 1);
    const isFull = earlierRows >= KEPT_EARLIER;
    $('earlier').disabled = isOver || isFull;
    say('watch-paused', found.length === 0 ? 'Nothing earlier is stored.'
      : `${found.length} earlier ones below${isFull && !isOver ? '; the page shows no more than these' : ''}`);
  } catch (error) {
    say('watch-paused', error.message, 'bad');
  }
}

/** Channels to choose from: those used last. */
async function offer() {
  if (!isSignedIn() || document.hidden) return;
  try {
    const { channels: known } = await api('/console/channels');
    $('offered').replaceChildren(...known.slice(0, MOST_OFFERED).map(({ name, streams }) => {
      const button = el('button', { type: 'button', class: 'chip', 'aria-pressed': String(channels.includes(name)) },
        name, streams > 0 ? el('small', { title: 'Streams that this instance holds' }, ` ${streams}`) : null);
      button.addEventListener('click', () => {
        $('channels').value = name;
        open([name], Number($('rewind').value));
      });
      return el('li', {}, button);
    }));
    $('offered-note').hidden = known.length === 0;
  } catch { /* not for this credential, or the server is away: nothing is offered */ }
}

/** Names that begin as the last one in this field does. A list belongs to the whole text, so each has what is before. */
async function complete(field) {
  if (!isSignedIn()) return;
  const [, before, begun] = /^(.*?)([^,\s]*)$/.exec(field.value);
  try {
    const { channels: found } = await api(`/console/channels?${new URLSearchParams({ prefix: begun })}`);
    $('known-channels').replaceChildren(...found.map(({ name }) => el('option', { value: before + name })));
  } catch { /* as above */ }
}

/** The list is one stop of the Tab key; in it the arrows go from one event's button to the next. */
function walk(press) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[press.key];
  if (step === undefined) return;
  const buttons = [...$('rows').querySelectorAll('tr:not([hidden]) .act button')];
  const now = buttons.indexOf(document.activeElement);
  const next = buttons[now < 0 ? 0 : now + step];
  if (next === undefined) return;
  press.preventDefault();
  next.focus();
}

export function start() {
  $('watch').addEventListener('submit', (submit) => {
    submit.preventDefault();
    const wanted = names($('channels').value);
    if (wanted.length > 0) open(wanted, Number($('rewind').value));
  });
  $('close').addEventListener('click', () => {
    close();
    say('watch-state', 'Closed');
    $('watch-state').dataset.state = 'closed';
  });
  $('pause').addEventListener('click', () => {
    isPaused = !isPaused;
    $('pause').setAttribute('aria-pressed', String(isPaused));
    say('watch-paused', isPaused ? 'Paused' : missed > 0 ? `${missed} were too many to show` : '');
    missed = 0;
    if (!isPaused) soon();
  });
  $('filter').addEventListener('input', filter);
  $('earlier').addEventListener('click', earlier);
  $('log').addEventListener('keydown', walk);
  $('copy-all').addEventListener('click', () => {
    const shown = [...$('rows').rows].filter((row) => !row.hidden).reverse();
    copy(shown.map((row) => json(events.get(row))).join('\n'), $('copy-all'));
  });
  whenMeasured((channel, id, { ms, short, why = '', at = null }) => {
    const row = [...$('rows').rows].find((one) => one.dataset.id === String(id) && one.dataset.channel === channel);
    if (row === undefined) return;
    const cell = row.querySelector('.latency');
    cell.textContent = short ?? millis(ms);
    cell.title = why;
    if (at !== null) events.get(row).at = new Date(at.getTime() - clockOffset());
  });
  let typed;
  for (const field of [$('channels'), $('publish-channels')]) {
    field.addEventListener('focus', () => complete(field));
    field.addEventListener('input', () => {
      clearTimeout(typed);
      typed = setTimeout(() => complete(field), COMPLETE_AFTER_MS);
    });
  }
  session.addEventListener('change', offer);
  setInterval(ages, AGES_EVERY_MS);
  setInterval(offer, OFFER_EVERY_MS);
  filter();
  open(names($('channels').value));
}
