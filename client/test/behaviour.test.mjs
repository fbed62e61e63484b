import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { EventSource } from "eventsource";
import { openBrowser, openFirefox, openPage } from "./browser/browser.mjs";
import { compileClient } from "../build.mjs";
import { cases } from "./cases.mjs";
import { runCase } from "./kit.mjs";
import { serveCases } from "./server.mjs";

const TRANSPORTS = ["fetch", "eventsource"];
const PLACES = [["page", "Chromium", openBrowser], ["worker", "Chromium", openBrowser], ["page", "Firefox", openFirefox]];
const folder = mkdtempSync(join(tmpdir(), "client-"));
const WITHIN = { timeout: 20_000 };

after(() => rmSync(folder, { recursive: true }));

async function compiled() {
  const file = join(folder, "client.mjs");
  writeFileSync(file, await compileClient());
  return file;
}

/** A case that does not apply says why, and is not even listed. */
function applies(one, transport, place, browser) {
  const isNative = transport === "eventsource";
  return !(one.fetchOnly && isNative) && !(one.pageOnly && place !== "page") && !(one.notInNode && isNative && place === "node")
    && !(browser === "Firefox" && one.notInFirefox?.[transport])
    // Of a worker, what the web platform's tests look at there.
    && (place !== "worker" || /^(closed|constants|it is conn|what is not an address)/.test(one.name));
}

describe("the client", { concurrency: 3 }, () => TRANSPORTS.forEach((transport) => {
  describe(`in Node, by ${transport}`, { concurrency: 8 }, () => {
    let server;
    let client;
    before(async () => {
      server = await serveCases(cases);
      client = await import(await compiled());
    });
    after(() => server.close());
    cases.forEach((one, number) => {
      if (!applies(one, transport, "node")) return;
      it(one.name, WITHIN, () => runCase(
        one, number, client, { transport, ...(transport === "eventsource" && { EventSource }) }, server.origin, server.foreign));
    });
  });

  for (const [place, browserName, open] of PLACES) {
    describe(`in a ${place} of ${browserName}, by ${transport}`, { concurrency: 4 }, () => {
      let server;
      let browser;
      let page;
      before(async () => {
        [server, browser] = await Promise.all([serveCases(cases), open()]);
        page = await openPage(browser, server.origin);
      });
      after(async () => {
        await browser?.close();
        server?.close();
      });
      cases.forEach((one, number) => {
        if (!applies(one, transport, place, browserName)) return;
        it(one.name, WITHIN, () => page.evaluate(runThere, [place, number, transport, server.origin, server.foreign]));
      });
    });
  }
}));

/** In the page. */
async function runThere([place, number, transport, origin, foreign]) {
  const script = `
    const [client, { cases }, { runCase }] = await Promise.all(
      ["/client.js", "/cases.mjs", "/kit.mjs"].map((path) => import("${origin}" + path)));
    await runCase(cases[${number}], ${number}, client, { transport: "${transport}" }, "${origin}", "${foreign}");`;
  if (place === "page") {
    await new (async () => {}).constructor(script)();
    return;
  }
  const url = URL.createObjectURL(new Blob(
    [`try { ${script}; postMessage(""); } catch (error) { postMessage(String(error)); }`], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const said = await new Promise((resolve) => { worker.onmessage = (event) => resolve(event.data); });
  worker.terminate();
  if (said) throw new Error(said);
}
