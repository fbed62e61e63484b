// Small words for the page. What events hold is only ever set as text, never as markup.

export const $ = (id) => document.getElementById(id);

/** An element with attributes and content: el('td', { class: 'id' }, '7'). */
export function el(name, attributes = {}, ...content) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, '');
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...content.filter((part) => part != null));
  return element;
}

/** Says something in a line that screen readers announce. */
export function say(id, text, mood = '') {
  const line = $(id);
  if (line.textContent !== text) line.textContent = text;
  line.dataset.mood = mood;
}

/** Names in a list that people type: by comma or blank. */
export const names = (text) => [...new Set(text.split(/[,\s]+/).filter(Boolean))];

export function bytes(count) {
  if (count < 1000) return `${count} B`;
  return count < 1e6 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

export function millis(ms) {
  if (ms < 1) return '<1 ms';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function age(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  return s < 86400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
}

export const clock = (date) => date.toLocaleTimeString([], { hour12: false });

export const random = (length = 6) =>
  Array.from(crypto.getRandomValues(new Uint8Array(length)), (b) => (b % 36).toString(36)).join('');

/** Copies a text and says so on the button. Browsers allow it on localhost and over https only. */
export async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Not allowed here';
  }
  setTimeout(() => { button.textContent = before; }, 1500);
}
