// Shows whatever was published last to the channel `time`.

const $ = (id) => document.getElementById(id);
const stream = new ReconnectingEventSource('/events/time', { max_retry_time: 2000 });
stream.addEventListener('stream-open', () => { $('state').textContent = 'open'; });
stream.addEventListener('stream-error', (event) => {
  $('state').textContent = `refused: ${event.data}`;
});
stream.onerror = () => { $('state').textContent = 'cut; coming back …'; };
stream.onmessage = (event) => { $('clock').textContent = event.data; };
