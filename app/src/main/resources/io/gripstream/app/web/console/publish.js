// Publish: an event to one channel or several, and the same as a command to copy.

import { $, copy, millis, names, random, say } from './dom.js';
import { commandLine, curl } from './commands.js';
import { api } from './session.js';
import { sent } from './latency.js';

const EVERY_MS = 1000;

let timer = null;
let count = 0;

/** The event of the form; throws if its data are not what the form says. */
function event() {
  const channels = names($('publish-channels').value);
  if (channels.length === 0) throw new Error('Name a channel.');
  const given = channels.length === 1 ? { channel: channels[0] } : { channels };
  given.type = $('type').value.trim() || 'message';
  given.data = $('as-json').checked ? JSON.parse($('data').value) : $('data').value;
  const skipped = names($('skip').value);
  if (skipped.length > 0) given.skip_user_ids = skipped;
  const key = $('key').value.trim();
  if (key !== '') given.idempotency_key = key;
  return given;
}

/** Says at once what is wrong with the form, and shows the command. */
function check() {
  let given;
  try {
    given = event();
    $('data').setCustomValidity('');
    $('data').removeAttribute('aria-invalid');
    say('data-problem', '');
  } catch (problem) {
    if (problem instanceof SyntaxError) {
      $('data').setCustomValidity('This is not JSON.');
      $('data').setAttribute('aria-invalid', 'true');
      say('data-problem', `Not JSON: ${problem.message}`, 'bad');
    }
    return null;
  }
  $('command').textContent = $('as-curl').checked ? curl(given) : commandLine(given);
  return given;
}

export async function publish(given) {
  const begun = performance.now();
  const answer = await api('/api/publish', { method: 'POST', body: given });
  const ids = answer.ids ?? { [answer.channel]: answer.id };
  for (const [channel, id] of Object.entries(ids)) {
    if (id !== null && !answer.repeated) sent(channel, id, begun);
  }
  return { ...answer, ids, took: performance.now() - begun };
}

async function publishForm(more = {}) {
  const given = check();
  if (given === null) return false;
  try {
    const { ids, repeated, took } = await publish({ ...given, ...more });
    const where = Object.entries(ids).map(([channel, id]) => (id === null ? `${channel} (not stored)` : `${channel} as ${id}`));
    say('published', repeated
      ? `The key was used before: ${where.join(', ')}. Nothing new was published.`
      : `Stored in ${where.join(', ')} after ${millis(took)}.`, 'good');
    return true;
  } catch (error) {
    say('published', error.message, 'bad');
    return false;
  }
}

function stopRepeating() {
  clearInterval(timer);
  timer = null;
  $('repeat').setAttribute('aria-pressed', 'false');
  $('repeat').textContent = 'Every second';
}

async function again() {
  count++;
  // A key would make all of them one event.
  if (!await publishForm({ idempotency_key: undefined })) stopRepeating();
}

export function start() {
  $('publish').addEventListener('submit', (submit) => {
    submit.preventDefault();
    publishForm();
  });
  $('publish').addEventListener('input', check);
  $('publish').addEventListener('change', check);
  $('command-kind').addEventListener('change', check);
  $('new-key').addEventListener('click', () => {
    $('key').value = `console-${random(10)}`;
    check();
  });
  $('repeat').addEventListener('click', () => {
    if (timer !== null) return stopRepeating();
    count = 0;
    timer = setInterval(again, EVERY_MS);
    $('repeat').setAttribute('aria-pressed', 'true');
    $('repeat').textContent = 'Stop repeating';
    return again();
  });
  $('copy-command').addEventListener('click', () => copy($('command').textContent, $('copy-command')));
  check();
}
