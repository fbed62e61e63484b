/** A connection is open. */
export class OpenEvent extends Event {
  constructor(
    /** Whether it goes on where the one before ended, or at the position that was given. */
    readonly resumed: boolean,
    /** For how many milliseconds there was none; 0 for the first one. */
    readonly away: number,
  ) {
    super("open");
  }
}

/** The data of `stream-reset`: the history of these channels does not reach back to the position. */
export interface Reset {
  readonly channels: readonly string[];
  /** By channel: `expired`, or `unknown`. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Where the stream goes on. */
  readonly position: string;
}

/** Missed events cannot be read any more: load state that was made from events again. */
export class ResetEvent extends Event implements Reset {
  readonly channels: readonly string[];
  readonly reasons: Readonly<Record<string, string>>;
  readonly position: string;

  constructor(reset: Reset) {
    super("reset");
    this.channels = reset.channels;
    this.reasons = reset.reasons;
    this.position = reset.position;
  }
}

/** Why there is no connection. Fields are absent where they are not known. */
export interface Failure {
  /** That of the answer, which was no stream. */
  readonly status?: number | undefined;
  /** As `stream-error` names it: `forbidden`, `shutdown`, `token-expired`, … */
  readonly condition?: string | undefined;
  /** For people. */
  readonly text?: string | undefined;
  /** The channels that the user may not read. */
  readonly channels?: readonly string[] | undefined;
  /** The exception of `fetch`, `token` or `reload`. */
  readonly cause?: unknown;
}

/** There is no connection, for a while or for good. */
export class StreamErrorEvent extends Event implements Failure {
  readonly status: number | undefined;
  readonly condition: string | undefined;
  readonly text: string | undefined;
  readonly channels: readonly string[] | undefined;
  readonly cause: unknown;

  constructor(
    failure: Failure,
    /** Whether the stream is closed: it does not come back by itself. */
    readonly final: boolean,
    /** Milliseconds until the next attempt, where they are known. */
    readonly retryIn: number | undefined,
  ) {
    super("error");
    ({
      status: this.status, condition: this.condition, text: this.text, channels: this.channels, cause: this.cause,
    } = failure);
  }
}
