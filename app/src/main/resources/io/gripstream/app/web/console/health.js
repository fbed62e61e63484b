// Health: what the server says of its parts, what doctor finds, and charts of its figures.

import { $, age, el, millis, say } from './dom.js';
import { api, isSignedIn, session } from './session.js';
import { Chart, place } from './charts.js';
import { measured, serverTime } from './latency.js';

const SAMPLE_MS = 3000;
const CHECKS_MS = 5000;
const FORGOTTEN_MS = 30_000;

/** By instance: its last two answers. Behind a proxy with several, each answer may be of another one. */
const instances = new Map();
let charts = null;

function makeCharts() {
  const all = {
    streams: { title: 'Streams', unit: 'streams', note: 'Streams that instances hold themselves.' },
    events: { title: 'Events', unit: '/s', note: 'Events accepted by the instances seen.' },
    deliveries: { title: 'Deliveries', unit: '/s', note: 'Events written to streams that instances hold, once per stream.' },
    latency: { title: 'Publish to receive', format: millis, note: 'Median of what this page received in the last seconds.' },
    behind: { title: 'Slow readers', format: (n) => `${Math.round(n)}`, note: 'Streams that are behind, and how many events the slowest has to go.' },
    queue: { title: 'Proxy queue', unit: 'items', note: 'Items that wait for a proxy’s answer.' },
  };
  return Object.fromEntries(Object.entries(all).map(([id, how]) => [id, new Chart(place(), { id, ...how })]));
}

/** Sums a figure over labels; null: there is none. */
function sum(answer, name, field = 'value') {
  const points = answer.metrics.filter((point) => point.name === name);
  return points.length === 0 ? null : points.reduce((all, point) => all + point[field], 0);
}

/** A figure over the instances seen lately. */
function overInstances(figure) {
  const values = [...instances.values()].map(({ now, before }) => figure(now, before)).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
}

const gauge = (name) => overInstances((now) => sum(now, name));

const rate = (name, field) => overInstances((now, before) => {
  if (before === null) return null;
  const grown = sum(now, name, field) - sum(before, name, field);
  // It began anew.
  return grown < 0 ? null : grown * 1000 / (now.at - before.at);
});

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[Math.floor(sorted.length / 2)];
}

async function sample() {
  if (!isSignedIn()) return;
  const asked = Date.now();
  const answer = await api('/console/metrics');
  serverTime(answer.at, asked, Date.now());
  const known = instances.get(answer.instance);
  instances.set(answer.instance, { now: answer, before: known?.now ?? null, seen: Date.now() });
  for (const [name, { seen }] of instances) if (Date.now() - seen > FORGOTTEN_MS) instances.delete(name);
  charts ??= makeCharts();
  const time = Math.round(Date.now() / 1000);
  charts.streams.add(time, { held: gauge('gripstream_streams') });
  charts.events.add(time, { accepted: rate('gripstream_events') });
  charts.deliveries.add(time, { direct: rate('gripstream_deliveries'), 'to proxies': rate('gripstream_publish_items') });
  charts.latency.add(time, { median: median(measured.filter(({ at }) => at > asked - 3 * SAMPLE_MS).map(({ ms }) => ms)) });
  charts.behind.add(time, { streams: gauge('gripstream_slow_streams'), events: gauge('gripstream_slowest_stream_events') });
  const queues = Object.fromEntries(answer.metrics.filter(({ name }) => name === 'gripstream_publish_queue_items')
    .map(({ labels, value }) => [labels.proxy, value]));
  charts.queue.add(time, queues);
  $('instances').textContent = instances.size === 1 ? 'Figures of one instance' : `Figures of ${instances.size} instances, summed`;
  const hasProxies = Object.keys(queues).length > 0;
  charts.streams.note.textContent = hasProxies
    ? 'Streams that instances hold themselves. A proxy’s own are not known: it tells their number to nobody.'
    : 'Streams that instances hold themselves.';
  charts.queue.note.textContent = hasProxies ? 'Items that wait for a proxy’s answer.' : 'There is no proxy.';
}

const LEVELS = { ok: 'good', note: 'warn', fail: 'bad', degraded: 'bad', unknown: 'warn', unavailable: 'bad' };

const badge = (level) => el('span', { class: 'badge', 'data-mood': LEVELS[level] ?? 'bad' }, level);

function part(title, level, text) {
  return el('li', { class: 'card part' }, el('strong', {}, title), badge(level), text ? el('p', {}, text) : null);
}

function parts(ready) {
  const storage = ready.storage === 'ok' ? part('Storage', 'ok', 'Can be written.') : part('Storage', 'fail', ready.storage);
  const proxies = ready.proxies.map((proxy) => part(`Proxy ${proxy.proxy ?? ''}`, proxy.status,
    proxy.error ? `${proxy.error}, for ${age(Date.now() - new Date(proxy.since))}` : `${proxy.queued ?? 0} items wait.`));
  const refused = ready.refused_signatures;
  const signatures = refused && refused.count > 0
    ? [part('Signatures', 'note', `${refused.count} refused; the last: ${refused.last_detail}`)] : [];
  const fault = ready.fault ? [part('Process', 'fail', ready.fault)] : [];
  if (proxies.length === 0) proxies.push(part('Proxies', 'ok', 'None: the server holds all streams itself.'));
  $('parts').replaceChildren(...fault, storage, ...proxies, ...signatures);
}

const finding = ({ level, subject, text }) =>
  el('li', {}, badge(level), el('span', {}, el('strong', {}, `${subject}: `), text));

function show({ quick, thorough }) {
  const isAll = thorough.at !== null;
  const shown = isAll ? thorough : quick;
  $('findings').replaceChildren(...shown.results.map(finding));
  $('check').disabled = thorough.isRunning;
  $('check').textContent = thorough.isRunning ? 'Checking …' : 'Check everything';
  if (shown.at !== null) {
    const when = `${age(Date.now() - new Date(shown.at))} ago`;
    $('checked').textContent = thorough.isRunning ? `${shown.results.length} so far; takes half a minute`
      : `${isAll ? 'All checks' : 'A quick look at the proxies'}, ${when}`;
  }
  return thorough.isRunning;
}

async function look() {
  if (!isSignedIn()) {
    say('health-state', 'Sign in to see figures and checks.');
    return false;
  }
  try {
    const ready = await fetch('/health/ready', { cache: 'no-store', headers: authorizedHeaders() });
    parts(await ready.json());
    const isRunning = show(await api('/console/checks'));
    say('health-state', '');
    return isRunning;
  } catch (error) {
    say('health-state', error.status === undefined ? 'The server does not answer; trying again …' : error.message, 'bad');
    return false;
  }
}

let authorizedHeaders = () => ({});

async function keep(what, every) {
  const next = document.hidden ? null : await what().catch(() => null);
  setTimeout(() => keep(what, every), next === true ? 1000 : every);
}

export function start(authorized) {
  authorizedHeaders = authorized;
  $('check').addEventListener('click', async () => {
    $('check').disabled = true;
    await api('/console/checks', { method: 'POST' }).then(show, (error) => say('health-state', error.message, 'bad'));
    $('check').disabled = false;
    look();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
    Object.values(charts ?? {}).forEach((chart) => chart.restyle()));
  session.addEventListener('change', () => { look(); sample().catch(() => {}); });
  keep(sample, SAMPLE_MS);
  keep(look, CHECKS_MS);
}
