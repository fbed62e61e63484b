/** The parts of a stream, in order. */
export interface Listener {
  /** @param id the last one of the stream so far, "" before the first */
  event(type: string, data: string, id: string): void;
  /** An empty line ended a block without data: it names an id, perhaps, and is not an event. */
  id(id: string): void;
  retry(milliseconds: number): void;
}

/** Longer ones come from something that is not a stream of events. */
const MAX_EVENT = 16_000_000;

/**
 * Reads `text/event-stream` as the HTML standard says (section 9.2.6), in pieces of any size.
 *
 * @param lastId as it was before the connection, which a block without `id` keeps
 * @returns takes the next piece
 */
export function parser(listener: Listener, lastId: string): (piece: string) => void {
  let rest = "";
  let endedWithReturn = false;
  let type = "";
  let data: string[] = [];
  let size = 0;
  let id = lastId;

  function field(name: string, value: string): void {
    if (name === "data") {
      data.push(value);
      size += value.length;
    } else if (name === "event") {
      type = value;
    } else if (name === "id" && !value.includes("\0")) {
      id = value;
    } else if (name === "retry" && /^\d+$/.test(value)) {
      listener.retry(Number(value));
    }
  }

  function line(text: string): void {
    const colon = text.indexOf(":");
    if (text === "") {
      if (data.length > 0) listener.event(type || "message", data.join("\n"), id);
      else listener.id(id);
      type = "";
      data = [];
      size = 0;
    } else if (colon < 0) {
      field(text, "");
    } else if (colon > 0) {
      field(text.slice(0, colon), text.slice(text[colon + 1] === " " ? colon + 2 : colon + 1));
    }
  }

  return (piece) => {
    // Both characters of one line end, in two pieces.
    if (endedWithReturn && piece[0] === "\n") piece = piece.slice(1);
    else if (piece === "") return;
    endedWithReturn = piece.endsWith("\r");
    const lines = piece.split(/\r\n|\r|\n/);
    lines[0] = rest + lines[0];
    rest = lines.pop() as string;
    if (rest.length + size > MAX_EVENT) throw new RangeError(`an event of more than ${MAX_EVENT} characters`);
    lines.forEach(line);
  };
}
