/** Ids by channel. The first pair of a channel counts, and a plain id is that of a nameless channel. */
function parse(position: string): Map<string, string> {
  const ids = new Map<string, string>();
  for (const pair of position ? position.split(",") : []) {
    const colon = pair.lastIndexOf(":");
    const channel = pair.slice(0, Math.max(colon, 0));
    if (!ids.has(channel)) ids.set(channel, pair.slice(colon + 1));
  }
  return ids;
}

/** Whether everything before `other` is before `position`, too: in each channel of the same history. */
export function covers(position: string, other: string): boolean {
  if (position === other) return true;
  const ids = parse(position);
  return [...parse(other)].every(([channel, id]) => {
    const own = ids.get(channel);
    // The pair with the name "." says whose history it is.
    return own === id || (channel !== "." && Number(own) >= Number(id));
  });
}
