// Lines come by the stream; what one says goes by a form. The session's cookie says who it is.

import { EventStream } from '/eventstream/client.js';

const KEPT_LINES = 500;
const $ = (id) => document.getElementById(id);
const room = new URLSearchParams(location.search).get('room') ?? 'lobby';
const at = `${encodeURIComponent(room)}/`;
let me = '';
$('room').textContent = room;

async function post(what, fields) {
  try {
    const answer = await fetch(at + what, { method: 'POST', body: new URLSearchParams(fields) });
    const text = await answer.text();
    $('told').textContent = answer.ok ? '' : text;
    return answer.ok ? text : null;
  } catch (error) {
    $('told').textContent = error.message;
    return null;
  }
}

// The author, a line break, the text: shown as text, whatever is in it.
function show(data) {
  const [author, text] = data.split('\n');
  const line = document.createElement('li');
  const name = document.createElement('b');
  const said = document.createElement('span');
  name.textContent = author;
  said.textContent = text;
  line.append(name, said);
  if (author !== me) {
    const away = document.createElement('button');
    away.textContent = 'send away';
    away.addEventListener('click', () => post('kick', { who: author }));
    line.append(away);
  }
  $('lines').append(line);
  while ($('lines').children.length > KEPT_LINES) $('lines').firstElementChild.remove();
  line.scrollIntoView({ block: 'nearest' });
}

function listen() {
  const stream = new EventStream(`${at}events`, { maxRetry: 3000 });
  stream.addEventListener('stream-open', () => { $('state').textContent = 'open'; });
  // The newest lines follow again.
  stream.addEventListener('stream-reset', () => { $('lines').replaceChildren(); });
  stream.addEventListener('line', (event) => show(event.data));
  stream.addEventListener('stream-error', (event) => {
    if (JSON.parse(event.data).condition !== 'forbidden') return;
    $('state').textContent = 'you were sent away';
    $('say').hidden = true;
  });
  stream.onerror = () => { $('state').textContent = 'cut; coming back …'; };
}

$('enter').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  me = await post('enter', { name: $('name').value }) ?? '';
  if (me === '') return;
  $('enter').hidden = true;
  $('say').hidden = false;
  $('text').focus();
  listen();
});

$('say').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  if (await post('say', { text: $('text').value }) !== null) $('text').value = '';
});
