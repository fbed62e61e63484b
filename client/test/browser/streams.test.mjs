// Pages of a real browser, with a real server, behind each Pushpin and without.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { openBrowser, openPage } from "./browser.mjs";
import { freePorts } from "./ports.mjs";
import { Program, Stack, eventually } from "./stack.mjs";

const TABS = 10;
const WITHIN = { timeout: 120_000 };
const DOORS = [undefined, ...(process.env.PUSHPIN_VERSIONS ?? "1.36,1.41").split(/[, ]+/)];

/**
 * A page of the server that does nothing by itself.
 * Its policy forbids it to load anything: the browsers of these tests pass that over.
 */
const EMPTY = "/eventstream/client.js";
const openTestBrowser = (options = {}) => openBrowser({ bypassCSP: true, ...options });

/** A stream in a page; what it gets is kept there. */
async function listen(page, channel, options = {}) {
  await page.evaluate(async ([url, settings]) => {
    const { EventStream } = await import("/eventstream/client.js");
    globalThis.got = [];
    globalThis.stream = new EventStream(url, settings);
    globalThis.stream.onmessage = (event) => globalThis.got.push(event.data);
    await new Promise((resolve) => { globalThis.stream.onopen = resolve; });
  }, [`/events?channel=${channel}`, { maxRetry: 1_000, ...options }]);
}

const got = (page) => page.evaluate(() => globalThis.got);

/** Events 0 to 1, 2, … as fast as they are taken, each until it is. */
class Publisher {
  sent = [];
  #isStopped = false;
  #done;

  constructor(stack, channel) {
    this.#done = this.#run(stack, channel);
  }

  async #run(stack, channel) {
    while (!this.#isStopped) {
      const data = String(this.sent.length);
      await eventually(() => stack.publish(channel, data, { idempotency_key: `${channel} ${data}` }), 60_000);
      this.sent.push(data);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async awaitMore(count) {
    const before = this.sent.length;
    await eventually(async () => assert.ok(this.sent.length >= before + count, "nothing is published"), 60_000);
  }

  async stop() {
    this.#isStopped = true;
    await this.#done;
    return this.sent;
  }
}

describe("pages", { concurrency: true }, () => DOORS.forEach((pushpin) => {
  describe(pushpin ? `behind Pushpin ${pushpin}` : "direct", { concurrency: 1 }, () => {
    let stack;
    let browser;
    before(async () => {
      browser = await openTestBrowser();
      stack = await Stack.start({ pushpin });
    });
    after(async () => {
      await browser?.close();
      await stack?.close();
    });

    it("an event of the command line appears", WITHIN, async () => {
      const page = await openPage(browser, stack.url + EMPTY);
      await listen(page, "news");
      await stack.command("publish", "news", "<b>hello</b>");
      await eventually(async () => assert.deepEqual(await got(page), ["<b>hello</b>"]));
      await page.close();
    });

    it("killed servers and proxies cost nothing, and nothing comes twice", WITHIN, async () => {
      const [page, native] = [await openPage(browser, stack.url + EMPTY), await openPage(browser, stack.url + EMPTY)];
      await listen(page, "crash");
      await listen(native, "crash", { transport: "eventsource" });
      const publisher = new Publisher(stack, "crash");
      await publisher.awaitMore(5);
      await stack.server.kill();
      await stack.server.start();
      await publisher.awaitMore(5);
      await stack.pushpin?.kill();
      await publisher.awaitMore(5);
      await stack.pushpin?.start();
      await publisher.awaitMore(5);
      const sent = await publisher.stop();
      for (const each of [page, native]) {
        await eventually(async () => assert.equal((await got(each)).at(-1), sent.at(-1)), 60_000);
        assert.deepEqual(await got(each), sent);
        await each.close();
      }
    });

    it("ten tabs have one connection, also after the one that had it is closed", WITHIN, async () => {
      const open = new Set();
      const isStream = (request) => request.url().includes("channel=tabs");
      browser.on("request", (request) => isStream(request) && open.add(request));
      for (const end of ["requestfinished", "requestfailed"]) browser.on(end, (request) => open.delete(request));
      const pages = await Promise.all(Array.from({ length: TABS }, async () => {
        const page = await openPage(browser, stack.url + EMPTY);
        await listen(page, "tabs", { shared: true });
        return page;
      }));
      const areOne = () => eventually(async () => assert.equal(open.size, 1, `${open.size} connections`), 40_000);
      await areOne();
      const publisher = new Publisher(stack, "tabs");
      await publisher.awaitMore(3);
      const [leader] = open;
      const closed = leader.frame().page();
      await closed.close();
      // Nothing tells its end.
      open.delete(leader);
      await publisher.awaitMore(3);
      await stack.server.kill();
      await stack.server.start();
      await publisher.awaitMore(3);
      const sent = await publisher.stop();
      for (const page of pages.filter((each) => each !== closed)) {
        await eventually(async () => assert.deepEqual(await got(page), sent), 40_000);
      }
      await areOne();
      await Promise.all(pages.map((page) => page.close()));
    });
  });
}));

describe("over HTTP/2", () => {
  let stack;
  let browser;
  let nginx;
  let url;
  before(async () => {
    browser = await openTestBrowser({ ignoreHTTPSErrors: true });
    stack = await Stack.start();
    const [port] = await freePorts(1);
    url = `https://127.0.0.1:${port}`;
    nginx = await startNginx(stack, port);
  });
  after(async () => {
    await browser?.close();
    await nginx?.stop();
    await stack?.close();
  });

  it("ten tabs each have a stream of their own", WITHIN, async () => {
    const pages = await Promise.all(Array.from({ length: TABS }, async () => {
      const page = await openPage(browser, url + EMPTY);
      await listen(page, "many");
      return page;
    }));
    await stack.publish("many", "to all");
    for (const page of pages) {
      await eventually(async () => assert.deepEqual(await got(page), ["to all"]));
      assert.equal(await page.evaluate(() => performance.getEntriesByType("navigation")[0].nextHopProtocol), "h2");
    }
    assert.equal((await stack.api("GET", "/api/channels")).channels.many, TABS);
  });

  it("the console says so", WITHIN, async () => {
    const page = await openPage(browser, `${url}/`);
    await page.click("#sign");
    await page.fill("#credential", stack.key);
    await page.locator("#sign-form").getByRole("button", { name: "Sign in" }).click();
    await page.locator("#sign-in").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await eventually(async () => assert.equal(
      await page.textContent("#watch-state"), "Open: direct, held by the server itself, HTTP/2"));
    await page.close();
  });

  it("an hour's worth of events leaves no memory behind", WITHIN, async () => {
    const page = await openPage(browser, url + EMPTY);
    await listen(page, "hour");
    // Ten a second; what is kept is a number.
    await page.evaluate(() => {
      globalThis.count = 0;
      globalThis.stream.onmessage = () => { globalThis.count++; };
    });
    const session = await page.context().newCDPSession(page);
    let sent = 0;
    const used = async (events) => {
      while (sent < events) {
        const batch = Array.from({ length: 1_000 }, (_, n) => ({ channel: "hour", data: `event ${sent + n} ${"x".repeat(200)}` }));
        await stack.api("POST", "/api/batch", batch);
        sent += batch.length;
      }
      await eventually(async () => assert.equal(await page.evaluate(() => globalThis.count), sent), 60_000);
      await session.send("HeapProfiler.collectGarbage");
      return (await session.send("Runtime.getHeapUsage")).usedSize;
    };
    const early = await used(6_000);
    const late = await used(36_000);
    assert.ok(late - early < 500_000, `${late - early} bytes more after 30,000 events`);
  });
});

async function startNginx({ folder, appUrl }, port) {
  const directory = join(folder, "nginx");
  mkdirSync(directory);
  await promisify(execFile)("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
    "-keyout", join(directory, "key.pem"), "-out", join(directory, "cert.pem")]);
  const file = join(directory, "nginx.conf");
  writeFileSync(file, `
daemon off;
pid ${directory}/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${directory}/${name};`).join("\n  ")}
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${directory}/cert.pem;
    ssl_certificate_key ${directory}/key.pem;
    location / {
      proxy_pass ${appUrl};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 60s;
    }
  }
}
`);
  const nginx = new Program(["/usr/sbin/nginx", "-p", directory, "-c", file], {}, async () => {
    await promisify(execFile)("curl", ["-ksf", "-o", "/dev/null", `https://127.0.0.1:${port}${EMPTY}`]);
    return true;
  });
  await nginx.start();
  return nginx;
}
