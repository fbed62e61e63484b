// A chat room is a channel: messages come by the client that the plugin serves, and go by the API. In
// an application of your own they would go through your own server, which knows who may speak.

const KEPT_LINES = 500;

const $ = (id) => document.getElementById(id);
const room = `room-${new URLSearchParams(location.search).get('room') ?? 'lobby'}`;
$('room').textContent = room;

// From the earliest message that is kept; after a cut it goes on after the last one.
const stream = new ReconnectingEventSource(
  `/events/${encodeURIComponent(room)}?lastEventId=earliest`, { max_retry_time: 2000 });
stream.addEventListener('stream-open', () => { $('state').textContent = 'open'; });
stream.addEventListener('stream-error', (event) => {
  $('state').textContent = `refused: ${event.data}`;
});
stream.onerror = () => { $('state').textContent = 'cut; coming back …'; };
stream.onmessage = (event) => {
  let message;
  try {
    message = JSON.parse(event.data);
  } catch {
    message = { name: '', text: event.data };
  }
  const line = document.createElement('li');
  const name = document.createElement('b');
  name.textContent = message.name ?? '';
  line.append(name, String(message.text ?? event.data));
  $('messages').append(line);
  while ($('messages').children.length > KEPT_LINES) $('messages').firstElementChild.remove();
  line.scrollIntoView({ block: 'nearest' });
};

$('say').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  const headers = { 'Content-Type': 'application/json' };
  if ($('key').value !== '') headers['X-API-Key'] = $('key').value;
  try {
    const response = await fetch('/api/publish', {
      method: 'POST',
      headers,
      body: JSON.stringify({ channel: room, data: { name: $('name').value, text: $('text').value } }),
    });
    $('sent').textContent = response.ok ? '' : (await response.json()).error.message;
    if (response.ok) $('text').value = '';
  } catch (error) {
    $('sent').textContent = error.message;
  }
});
