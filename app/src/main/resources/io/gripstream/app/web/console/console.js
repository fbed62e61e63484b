// The console: reads streams with fetch, because EventSource can neither send a credential nor show
// events of types that it was not told beforehand. What events hold is only ever set as text.

const KEPT_ROWS = 500;
const COUNT_EVERY_MS = 2000;
const RETRY_MS = 2000;

const $ = (id) => document.getElementById(id);
let credential = '';
let watching = null;

/** A token (JWT) has two dots, an API key may be anything else. */
function authorized(headers = {}) {
  if (credential === '') return headers;
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(credential)
    ? { ...headers, Authorization: `Bearer ${credential}` }
    : { ...headers, 'X-API-Key': credential };
}

function say(id, text, bad = false) {
  $(id).textContent = text;
  $(id).classList.toggle('bad', bad);
}

/** The reason of a refusal: the API's own words, if they are there. */
async function reason(response) {
  if (response.status === 401 && credential === '') {
    return 'The server wants an API key or token: enter one under Credential.';
  }
  const text = await response.text();
  try {
    return JSON.parse(text).error.message;
  } catch {
    return text || `status ${response.status}`;
  }
}

/** Splits a stream into events, as the WHATWG standard reads them. */
async function readEvents(body, each) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let event = { type: 'message', data: [], id: null };
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r\n|\n|\r(?=[^])/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === '') {
        if (event.data.length || event.id !== null) each({ ...event, data: event.data.join('\n') });
        event = { type: 'message', data: [], id: null };
        continue;
      }
      const colon = line.indexOf(':');
      const name = colon < 0 ? line : line.slice(0, colon);
      const text = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (name === 'event') event.type = text;
      else if (name === 'data') event.data.push(text);
      else if (name === 'id') event.id = text;
    }
  }
}

function show(event) {
  if (event.type === 'keep-alive') return;
  const row = document.createElement('tr');
  row.classList.toggle('control', event.type.startsWith('stream-'));
  for (const text of [new Date().toLocaleTimeString(), event.type, event.data, event.id ?? '']) {
    row.insertCell().textContent = text;
  }
  $('events').prepend(row);
  while ($('events').rows.length > KEPT_ROWS) $('events').lastElementChild.remove();
}

async function watch(channels, stop) {
  const query = new URLSearchParams(channels.map((channel) => ['channel', channel]));
  let lastId = null;
  while (!stop.signal.aborted) {
    try {
      say('state', 'opening …');
      const headers = { Accept: 'text/event-stream' };
      if (lastId !== null) headers['Last-Event-ID'] = lastId;
      const response = await fetch(`/events?${query}`, {
        headers: authorized(headers), cache: 'no-store', signal: stop.signal });
      if (response.status !== 200) {
        say('state', `refused: ${await reason(response)}`, true);
        break;
      }
      say('state', 'open');
      let refused = null;
      await readEvents(response.body, (event) => {
        lastId = event.id ?? lastId;
        if (event.type === 'stream-error') refused = event.data;
        show(event);
      });
      if (refused !== null) {
        say('state', `refused: ${refused}`, true);
        break;
      }
    } catch (error) {
      if (stop.signal.aborted) break;
      say('state', `cut: ${error.message}`, true);
    }
    await new Promise((next) => setTimeout(next, RETRY_MS));
  }
  if (watching === stop) {
    watching = null;
    $('close').disabled = true;
  }
}

$('watch').addEventListener('submit', (submit) => {
  submit.preventDefault();
  watching?.abort();
  watching = new AbortController();
  $('close').disabled = false;
  watch($('channels').value.split(',').map((name) => name.trim()).filter(Boolean), watching);
});

$('close').addEventListener('click', () => {
  watching?.abort();
  say('state', 'closed');
});

$('publish').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  try {
    const data = $('json').checked ? JSON.parse($('data').value) : $('data').value;
    const response = await fetch('/api/publish', {
      method: 'POST',
      headers: authorized({ 'Content-Type': 'application/json' }),
      body: JSON.stringify({ channel: $('channel').value, type: $('type').value, data }),
    });
    if (response.ok) say('published', `at ${(await response.json()).position}`);
    else say('published', await reason(response), true);
  } catch (error) {
    say('published', error.message, true);
  }
});

$('access').addEventListener('submit', (submit) => {
  submit.preventDefault();
  credential = $('credential').value.trim();
  say('using', credential === '' ? 'none' : 'in use');
  count();
});

async function count() {
  try {
    const response = await fetch('/api/channels', { headers: authorized(), cache: 'no-store' });
    $('counts').replaceChildren();
    if (!response.ok) {
      say('counting', await reason(response), true);
      return;
    }
    const channels = Object.entries((await response.json()).channels);
    for (const [name, subscribers] of channels) {
      const row = $('counts').insertRow();
      row.insertCell().textContent = name;
      row.insertCell().textContent = subscribers;
    }
    say('counting', channels.length === 0 ? 'Nobody at the moment.' : '');
  } catch (error) {
    say('counting', error.message, true);
  }
}

(async function keepCounting() {
  if (!document.hidden) await count();
  setTimeout(keepCounting, COUNT_EVERY_MS);
})();
