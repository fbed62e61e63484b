// Lines come by a stream per room; what one says goes by a form. The session's cookie says who it is.
import { EventStream } from '/eventstream/client.js';

const KEPT_LINES = 500;
const OFFLINE_SECONDS = 2;
const ROOMS = ['lobby', 'garden', 'workshop'];
const $ = (id) => document.getElementById(id);
const rooms = new Map();
let me = '';
let shown;

/** An element with text, which stays text whatever is in it. */
function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

async function post(room, what, fields) {
  try {
    const answer = await fetch(`${room}/${what}`, { method: 'POST', body: new URLSearchParams(fields) });
    const text = await answer.text();
    $('told').textContent = answer.ok ? '' : text;
    return answer.ok ? text : null;
  } catch {
    $('told').textContent = 'The server cannot be reached. Try again in a moment.';
    return null;
  }
}

// ---- a room

class Room {
  lines = element('div', '');
  unread = 0;
  state = 'opening …';
  typing = '';

  constructor(name) {
    this.name = name;
    this.button = door(name);
    const stream = new EventStream(`${name}/events`, { maxRetry: 3000, shared: me });
    stream.addEventListener('line', (event) => this.add(event.data));
    stream.addEventListener('typing', (event) => this.hear(event.data));
    stream.onopen = ({ resumed, away }) => {
      this.tell('live');
      if (resumed && away > OFFLINE_SECONDS * 1000) {
        this.note(`You were offline for ${Math.round(away / 1000)} seconds. What you missed:`);
      }
    };
    // The newest lines follow again.
    stream.onreset = () => this.lines.replaceChildren();
    stream.onerror = ({ final, condition }) => {
      this.tell(condition === 'forbidden' ? 'you were sent away' : final ? 'closed' : 'offline, coming back …');
    };
  }

  /** The author, a line break, the text. */
  add(data) {
    const [author, text] = data.split('\n');
    const isSeen = this === shown && document.visibilityState === 'visible';
    if (!isSeen && author !== me) {
      if (this.unread++ === 0) this.mark();
    }
    const line = element('article', author === me ? 'own' : '', heading(author), element('p', '', text));
    line.dataset.author = author;
    if (this.lines.lastElementChild?.dataset.author === author) line.classList.add('more');
    if (author !== me) line.append(this.sendAway(author));
    this.put(line);
    if (author === this.typing) this.hear('');
    this.draw();
  }

  /** Lines below it came while nobody looked. */
  mark() {
    this.lines.querySelector('.unread')?.remove();
    this.put(element('p', 'unread', 'New'));
  }

  note(text) {
    this.put(element('p', 'note', text));
  }

  put(child) {
    const list = $('lines');
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    this.lines.append(child);
    while (this.lines.children.length > KEPT_LINES) this.lines.firstElementChild.remove();
    if (this === shown && isAtEnd) list.scrollTop = list.scrollHeight;
  }

  sendAway(author) {
    const button = element('button', 'away', 'Send away');
    button.title = 'The first one in a room owns it, and can send others away';
    button.addEventListener('click', () => post(this.name, 'kick', { who: author }));
    return button;
  }

  hear(author) {
    if (author === me) return;
    this.typing = author;
    clearTimeout(this.timer);
    if (author) this.timer = setTimeout(() => this.hear(''), 3000);
    this.draw();
  }

  tell(state) {
    this.state = state;
    this.draw();
  }

  draw() {
    this.button.replaceChildren(this.name, ...(this.unread ? [element('b', '', this.unread, element('span', 'hidden', ' unread'))] : []));
    const unread = [...rooms.values()].reduce((sum, room) => sum + room.unread, 0);
    document.title = `${unread ? `(${unread}) ` : ''}Chat: Gripstream demo`;
    if (this !== shown) return;
    $('title').textContent = this.name;
    $('state').textContent = this.state;
    $('state').className = this.state === 'live' ? 'live' : '';
    $('typing').textContent = this.typing ? `${this.typing.split('~')[0]} is typing …` : '';
    $('say').hidden = this.state === 'you were sent away';
  }
}

/** A name, and what tells two of the same name apart. */
function heading(author) {
  const [name, end] = author.split('~');
  const face = element('span', 'face', name.slice(0, 1));
  face.setAttribute('aria-hidden', 'true');
  face.style.setProperty('--hue', [...author].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 0));
  return element('h2', '', face, name, element('small', '', end.slice(0, 4)));
}

// ---- the page

const doors = new Map();

/** The button of a room, which may not be open yet. */
function door(name) {
  if (!doors.has(name)) {
    const button = element('button', 'room', name);
    button.addEventListener('click', () => open(name));
    $('rooms').append(element('li', '', button));
    doors.set(name, button);
  }
  return doors.get(name);
}

async function open(name) {
  if (!$('enter').reportValidity()) return;
  if (!rooms.has(name)) {
    const who = await post(name, 'enter', { name: $('name').value });
    if (who === null) return;
    me = who;
    rooms.set(name, new Room(name));
  }
  show(rooms.get(name));
}

function show(room) {
  // Seen long enough.
  if (shown && shown !== room) shown.lines.querySelector('.unread')?.remove();
  shown = room;
  room.unread = 0;
  for (const button of doors.values()) button.setAttribute('aria-current', button === room.button);
  $('lines').replaceChildren(room.lines);
  $('lines').scrollTop = $('lines').scrollHeight;
  history.replaceState(null, '', `?room=${room.name}`);
  room.draw();
  $('enter').hidden = true;
  $('text').focus();
}

document.addEventListener('visibilitychange', () => {
  if (shown && document.visibilityState === 'visible') {
    shown.unread = 0;
    shown.draw();
  }
});

const wanted = new URLSearchParams(location.search).get('room') ?? ROOMS[0];
$('title').textContent = wanted;
new Set([...ROOMS, wanted]).forEach(door);

$('enter').addEventListener('submit', (submit) => {
  submit.preventDefault();
  open(wanted);
});

$('join').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  await open($('room').value);
  $('join').reset();
});

let told = 0;
$('say').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  told = 0;
  if (await post(shown.name, 'say', { text: $('text').value }) !== null) $('say').reset();
});

$('text').addEventListener('input', () => {
  if (Date.now() - told < 2000 || !$('text').value) return;
  told = Date.now();
  fetch(`${shown.name}/typing`, { method: 'POST' }).catch(() => {});
});
