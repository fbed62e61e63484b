// Shows each tick, in the time zone of the one who looks.

import { EventStream } from '/eventstream/client.js';

const $ = (id) => document.getElementById(id);
const stream = new EventStream('events', { maxRetry: 3000 });
stream.addEventListener('stream-open', () => { $('state').textContent = 'open'; });
stream.addEventListener('tick', (event) => {
  $('clock').textContent = new Date(event.data).toLocaleTimeString();
});
stream.onerror = () => { $('state').textContent = 'cut; coming back …'; };
