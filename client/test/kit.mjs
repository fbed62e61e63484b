// What a case has at hand, in Node as in a browser's page or worker.

export const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Kit {
  #number;
  #client;
  #options;
  #streams = [];

  /** @param options of each stream: which transport */
  constructor(number, client, options, origin, foreign) {
    this.#number = number;
    this.#client = client;
    this.#options = options;
    this.origin = origin;
    this.foreign = foreign;
    this.isNative = options.transport === "eventsource";
    this.inBrowser = typeof navigator === "object" && typeof WorkerGlobalScope + typeof document !== "undefinedundefined";
  }

  get EventStream() {
    return this.#client.EventStream;
  }

  url(path = "", origin = this.origin) {
    return `${origin}/case/${this.#number}/${path}`;
  }

  /** A stream of this case. Retries are quick where the server does not say otherwise. */
  open(path = "", options = {}, origin = this.origin) {
    return this.openAt(this.url(path, origin), options);
  }

  openAt(url, options = {}) {
    const stream = new this.EventStream(url, { ...this.#options, ...options });
    this.#streams.push(stream);
    return stream;
  }

  /** The first so many events of these types, as `[type, data, id]`. */
  async take(stream, count, ...types) {
    const got = [];
    for (const type of types.length ? types : ["message"]) {
      stream.addEventListener(type, (event) => got.push([event.type, event.data, event.lastEventId]));
    }
    await this.until(() => got.length >= count, () => `only ${JSON.stringify(got)} of ${count} events`);
    return got;
  }

  /** The data of the first so many messages. */
  async data(stream, count, ...types) {
    return (await this.take(stream, count, ...types)).map(([, data]) => data);
  }

  once(stream, type) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no event "${type}"`)), 8_000);
      stream.addEventListener(type, (event) => {
        clearTimeout(timer);
        resolve(event);
      }, { once: true });
    });
  }

  async until(isTrue, otherwise = () => "not in time") {
    const end = Date.now() + 8_000;
    while (!(await isTrue())) {
      if (Date.now() > end) throw new Error(otherwise());
      await wait(10);
    }
  }

  /** What the server has seen of this case. */
  async seen() {
    return (await fetch(`${this.origin}/requests/${this.#number}`)).json();
  }

  same(actual, expected, what = "") {
    const [one, two] = [actual, expected].map((value) => JSON.stringify(value));
    if (one !== two) throw new Error(`${what} is ${one}, not ${two}`);
  }

  close() {
    this.#streams.forEach((stream) => stream.close());
  }
}

/** Runs one case; throws what is wrong. */
export async function runCase(one, number, client, options, origin, foreign) {
  const kit = new Kit(number, client, options, origin, foreign);
  try {
    await one.run(kit);
  } finally {
    kit.close();
  }
}
