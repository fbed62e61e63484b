// A real server, behind a real Pushpin or alone, for tests in a browser.
//
//   const stack = await Stack.start({ pushpin: "1.41" });   // or "1.36"; without: direct
//   const page = await stack.browser().newPage();            // see browser.mjs
//   await stack.publish("news", "hello");
//   await stack.server.kill(); await stack.server.start();
//   await stack.close();
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync, existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePorts } from "./ports.mjs";

const run = promisify(execFile);

/** The project's folder. */
export const TOP = fileURLToPath(new URL("../../..", import.meta.url));
const JAR = process.env.SERVER_JAR ?? join(TOP, "app/target/gripstream.jar");
const JAVA = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, "bin/java") : "java";
const READY_WITHIN = 60_000;
const running = new Set();

/** Tries again until it succeeds, or the time is over: then its last error. */
export async function eventually(attempt, within = 20_000) {
  const end = Date.now() + within;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** All processes of a session: Pushpin's outlive its runner. */
function sessionOf(leader) {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((name) => {
    try {
      // Behind the name, which may have anything in it: state, parent, group, session.
      const [state, , , session] = readFileSync(`/proc/${name}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
      return session === String(leader) && state !== "Z";
    } catch {
      return false;
    }
  }).map(Number);
}

/** A program that is the leader of a session of its own. */
export class Program {
  #command;
  #environment;
  #isReady;
  #process;
  #output = "";

  /** @param isReady told all output so far; returns whether it is ready, perhaps later */
  constructor(command, environment, isReady) {
    this.#command = command;
    this.#environment = environment;
    this.#isReady = isReady;
  }

  /** All that it has printed since it was started. */
  get output() {
    return this.#output;
  }

  get pid() {
    return this.#process.pid;
  }

  async start() {
    const [program, ...args] = this.#command;
    this.#output = "";
    const child = spawn(program, args, {
      detached: true,
      env: { ...process.env, ...this.#environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    running.add(this);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => { this.#output = (this.#output + text).slice(-100_000); });
    }
    await eventually(async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${program} has ended:\n${this.#output}`);
      const isReady = await Promise.resolve(this.#isReady(this.#output)).catch((cause) => {
        throw new Error(`${program} is not ready, ${cause}:\n${this.#output}`, { cause });
      });
      if (!isReady) throw new Error(`${program} is not ready:\n${this.#output}`);
    }, READY_WITHIN);
  }

  /** Tells it to end, as a service manager does; it ends its own processes. */
  async stop() {
    this.#process?.kill("SIGTERM");
    await this.#awaitEnd(5_000).catch(() => {});
    await this.kill();
  }

  /** SIGKILL to all its processes. */
  async kill() {
    this.killNow();
    await this.#awaitEnd(20_000);
    running.delete(this);
    this.#process = undefined;
  }

  /** As {@link kill}, without waiting for anything. */
  killNow() {
    if (!this.#process) return;
    // The runner first: else it reports the death of its child.
    for (const pid of new Set([this.#process.pid, ...sessionOf(this.#process.pid)])) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  async #awaitEnd(within) {
    const leader = this.#process?.pid;
    await eventually(async () => {
      if (leader && sessionOf(leader).length > 0) throw new Error(`${this.#command[0]} does not end`);
    }, within);
  }
}

// Nothing stays behind when the tests are cut short.
process.on("exit", () => running.forEach((program) => program.killNow()));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

export class Stack {
  /** Where browsers come in, without a slash at the end: Pushpin, or the server. */
  url;
  /** The server itself. */
  appUrl;
  /** An API key that may do everything. */
  key;
  server;
  /** Undefined without Pushpin. */
  pushpin;
  folder;

  /**
   * @param pushpin "1.36", "1.41", or nothing: direct
   * @param environment of the server, added to what is set here
   * @param args of `serve`, added to what is set here
   */
  static async start({ pushpin, environment = {}, args = [] } = {}) {
    const stack = new Stack();
    const [appPort, port, controlPort] = await freePorts(3);
    // Short: sockets lie below it.
    stack.folder = mkdtempSync(join(tmpdir(), "gs-"));
    stack.appUrl = `http://127.0.0.1:${appPort}`;
    stack.url = pushpin ? `http://127.0.0.1:${port}` : stack.appUrl;
    stack.key = "browser-tests-0123456789abcdef";
    const settings = {
      DATABASE_URL: `jdbc:sqlite:${join(stack.folder, "events.db")}`,
      GRIPSTREAM_API_KEYS: stack.key,
      ...environment,
    };
    if (pushpin) {
      settings.GRIP_URL ??= `http://127.0.0.1:${controlPort}?verify-iss=pushpin`;
      settings.GRIP_VERIFY_KEY ??= "browser-tests";
    }
    stack.environment = settings;
    stack.server = new Program(
      [JAVA, "-XX:TieredStopAtLevel=1", "-jar", JAR, "serve", "--port", String(appPort), "--made-key",
        "--public-url", stack.url, ...args],
      settings,
      (output) => /^ready: /m.test(output));
    try {
      const starting = [stack.server.start()];
      if (pushpin) {
        const { command, files } = await prepare(pushpin, stack.folder, port, controlPort, appPort);
        stack.pushpin = new Program([command, "--config", files, "--merge-output"], {}, async () => {
          // Its own answer when the server is away is 502: it runs. A Pushpin that starts may accept a connection
          // and never answer it.
          const answer = await fetch(`${stack.url}/health/live`, { signal: AbortSignal.timeout(2_000) });
          await answer.text();
          return true;
        });
        starting.push(stack.pushpin.start());
      }
      await Promise.all(starting);
      // An origin that was away for the first request is left alone for a moment.
      await eventually(async () => {
        const answer = await fetch(`${stack.url}/health/live`, { signal: AbortSignal.timeout(2_000) });
        if (!answer.ok) throw new Error("the server is not reached");
      });
    } catch (error) {
      await stack.close();
      throw error;
    }
    return stack;
  }

  /** By HTTP, to the server itself. Returns its answer: `{channel, id, position}`. */
  async publish(channel, data, more = {}) {
    return this.api("POST", "/api/publish", { channel, data, ...more });
  }

  async api(method, path, body) {
    const answer = await fetch(this.appUrl + path, {
      method,
      headers: { "X-API-Key": this.key, ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }

  /** As a command line of the same settings does it: `gripstream publish news hello`. */
  async command(...args) {
    const { stdout } = await run(
      JAVA, ["-XX:TieredStopAtLevel=1", "-jar", JAR, ...args], { env: { ...process.env, ...this.environment } });
    return stdout;
  }

  async close() {
    await Promise.all([this.pushpin?.stop(), this.server?.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The configuration that we ship, with other ports and folders. */
async function prepare(version, folder, port, controlPort, appPort) {
  const { stdout } = await run(join(TOP, "scripts/get-pushpin"), [version]);
  const command = stdout.trim();
  const shipped = version === "1.36" ? "pushpin.conf" : `pushpin-${version}.conf`;
  let text = readFileSync(join(TOP, "pushpin", shipped), "utf8")
    .replace(/^rundir=.*/m, `rundir=${folder}/run`)
    .replace(/^logdir=.*/m, `logdir=${folder}/log`)
    .replace(/^http_port=.*/m, `http_port=127.0.0.1:${port}`)
    .replace(/^push_in_http_port=.*/m, `push_in_http_port=${controlPort}`)
    .replace(/^sig_key=.*/m, "sig_key=browser-tests");
  // One that lies anywhere does not know where its own files are.
  const library = join(dirname(dirname(real(command))), "lib/pushpin");
  if (existsSync(join(library, "internal.conf"))) {
    symlinkSync(library, join(folder, "lib"));
    text = text.replace("[global]", `[global]\nlibdir=${folder}/lib`);
  }
  mkdirSync(join(folder, "run"));
  const files = join(folder, "pushpin.conf");
  writeFileSync(files, text);
  writeFileSync(join(folder, "routes"), `* 127.0.0.1:${appPort}\n`);
  return { command, files };
}

function real(path) {
  try {
    return join(dirname(path), readlinkSync(path));
  } catch {
    return path;
  }
}
