// Drives one JavaScript client for a test: client.mjs KIND URL. Prints what the client gets, one JSON
// object a line, until its standard input ends.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { join } from "node:path";
import { EventSource } from "eventsource";
import Reconnecting from "reconnecting-eventsource";
import { chromium } from "playwright-core";

const [kind, url] = process.argv.slice(2);

function say(line) {
  process.stdout.write(JSON.stringify(line) + "\n");
}

function listen(source) {
  for (const type of ["stream-open", "stream-reset", "stream-error", "message", "greeting"]) {
    source.addEventListener(type, (event) => say({ type, data: event.data, id: event.lastEventId }));
  }
  return () => source.close();
}

/** In a browser's page, which has all it does from the application. */
async function browse(page) {
  const profile = mkdtempSync(join(tmpdir(), "chromium-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM,
    headless: true,
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
  const tab = await browser.newPage();
  await tab.exposeFunction("say", say);
  await tab.goto(page);
  return async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  };
}

const open = {
  "eventsource": () => listen(new EventSource(url)),
  "reconnecting-eventsource": () =>
    listen(new (Reconnecting.default ?? Reconnecting)(url, { eventSourceClass: EventSource, max_retry_time: 500 })),
  "chromium": () => browse(url),
};

const close = await open[kind]();
process.stdin.resume();
process.stdin.on("end", async () => {
  await close();
  process.exit(0);
});
