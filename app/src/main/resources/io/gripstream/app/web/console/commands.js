// The event of the form as a command. Credentials are never in it: a variable names them.

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** For a shell that has GRIPSTREAM_KEY. */
export function curl(event, origin = location.origin) {
  return [
    `curl ${quoted(`${origin}/api/publish`)} \\`,
    '  -H "X-API-Key: $GRIPSTREAM_KEY" \\',
    "  -H 'Content-Type: application/json' \\",
    `  -d ${quoted(JSON.stringify(event))}`,
  ].join('\n');
}

/** Straight to storage and proxies, with the server's configuration. */
export function commandLine(event) {
  const channels = event.channels ?? [event.channel];
  const words = ['scripts/gripstream publish'];
  if (event.type !== 'message') words.push(`--type ${quoted(event.type)}`);
  for (const channel of channels.slice(1)) words.push(`--also ${quoted(channel)}`);
  for (const user of event.skip_user_ids ?? []) words.push(`--skip-user ${quoted(user)}`);
  if (event.idempotency_key) words.push(`--idempotency-key ${quoted(event.idempotency_key)}`);
  // What begins with a dash would be taken for an option.
  words.push('--', quoted(channels[0] ?? ''));
  const data = event.data;
  words.push(quoted(typeof data === 'string' ? data : JSON.stringify(data)));
  return words.join(' ');
}
