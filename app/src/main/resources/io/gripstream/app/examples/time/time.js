// Shows each tick, in the time zone of the one who looks, and in others.
import { EventStream } from '/eventstream/client.js';

const ZONES = { 'New York': 'America/New_York', London: 'Europe/London', Tokyo: 'Asia/Tokyo', Sydney: 'Australia/Sydney' };
const $ = (id) => document.getElementById(id);

const zones = Object.entries(ZONES).map(([city, timeZone]) => {
  const format = new Intl.DateTimeFormat([], { timeZone, hour: '2-digit', minute: '2-digit' });
  const [name, time] = ['dt', 'dd'].map((tag) => document.createElement(tag));
  const pair = document.createElement('div');
  name.textContent = city;
  pair.append(name, time);
  $('zones').append(pair);
  return (now) => { time.textContent = format.format(now); };
});

// Onwards only: from 59 to 0 a hand does not turn back.
function turn(id, turns) {
  $(id).style.transform = `rotate(${turns * 360}deg)`;
}

function show(now) {
  const seconds = now / 1000 - now.getTimezoneOffset() * 60;
  turn('second', seconds / 60);
  turn('minute', seconds / 3600);
  turn('hour', seconds / 43200);
  $('clock').textContent = now.toLocaleTimeString();
  $('day').textContent = now.toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  zones.forEach((zone) => zone(now));
}

const stream = new EventStream('events', { maxRetry: 3000 });
stream.addEventListener('tick', (event) => show(new Date(event.data)));
stream.onopen = () => {
  $('state').textContent = 'Live';
  $('state').className = 'live';
};
stream.onerror = () => {
  $('state').textContent = 'Offline, coming back …';
  $('state').className = '';
};
