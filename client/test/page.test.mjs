// What only a page has: it can be hidden, its browser offline; and React.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { eventually } from "./browser/stack.mjs";
import { openBrowser, openPage } from "./browser/browser.mjs";
import { serveCases } from "./server.mjs";

const WITHIN = { timeout: 30_000 };

/** Sends where the client stands, and stays open. */
const answers = [{
  serve(request, response) {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(`id:a:${request.headers["last-event-id"] ? 2 : 1}\ndata:${request.headers["last-event-id"] ?? "start"}\n\n`);
  },
}];

describe("in a page", () => {
  let server;
  let browser;
  let page;
  before(async () => {
    [server, browser] = await Promise.all([serveCases(answers), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  const open = (options) => page.evaluate(async (settings) => {
    const { EventStream } = await import("/client.js");
    globalThis.seen = [];
    const stream = (globalThis.stream = new EventStream("/case/0/", settings));
    for (const type of ["open", "pause", "message"]) {
      stream.addEventListener(type, (event) => globalThis.seen.push(event.data ?? type));
    }
  }, options);
  const expectSeen = (expected) => eventually(async () =>
    assert.deepEqual(await page.evaluate(() => globalThis.seen), expected), 5_000);
  const connections = async () => (await (await fetch(`${server.origin}/requests/0`)).json()).open;

  it("a hidden page pauses if it wants, and resumes", WITHIN, async () => {
    page = await openPage(browser, server.origin);
    const hide = (...states) => page.evaluate((all) => {
      for (const hidden of all) {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event("visibilitychange"));
      }
    }, states);
    await open({ pauseWhenHidden: 100 });
    await expectSeen(["open", "start"]);
    await hide(true, false);
    await page.waitForTimeout(200);
    await expectSeen(["open", "start"]);
    await hide(true);
    await expectSeen(["open", "start", "pause"]);
    await eventually(async () => assert.equal(await connections(), 0));
    assert.equal(await page.evaluate(() => globalThis.stream.readyState), 0);
    await hide(false);
    await expectSeen(["open", "start", "pause", "open", "a:1"]);
    await page.close();
  });

  it("an offline browser pauses if the page wants, and resumes", WITHIN, async () => {
    page = await openPage(browser, server.origin);
    await open({ pauseWhenOffline: true });
    await expectSeen(["open", "start"]);
    await browser.setOffline(true);
    await expectSeen(["open", "start", "pause"]);
    await browser.setOffline(false);
    await expectSeen(["open", "start", "pause", "open", "a:1"]);
    await page.close();
  });

  it("a component of React has a stream for as long as it is shown", WITHIN, async () => {
    page = await openPage(browser, server.origin);
    const top = fileURLToPath(new URL("..", import.meta.url));
    const { outputFiles } = await build({
      absWorkingDir: top,
      bundle: true,
      write: false,
      format: "iife",
      jsx: "automatic",
      define: { "process.env.NODE_ENV": '"development"' },
      alias: { "gripstream-client/react": "./src/react.ts", "gripstream-client": "./src/index.ts" },
      stdin: { loader: "jsx", resolveDir: top, contents: `
        import { StrictMode, useState } from "react";
        import { createRoot } from "react-dom/client";
        import { useEventStream } from "gripstream-client/react";
        function Lines({ url }) {
          const [lines, setLines] = useState([]);
          const { status } = useEventStream(url, { on: { message: (event) => setLines((all) => [...all, event.data]) } });
          return <p>{status}: {lines.join()}</p>;
        }
        document.body.append(document.createElement("main"));
        const root = createRoot(document.querySelector("main"));
        globalThis.show = (url) => root.render(url === undefined ? null : <StrictMode><Lines url={url}/></StrictMode>);` },
    });
    await page.addScriptTag({ content: outputFiles[0].text });
    const show = (url) => page.evaluate((address) => globalThis.show(address), url);
    const expectText = (text) => eventually(async () => assert.equal(await page.textContent("main"), text), 5_000);
    await show("/case/0/?a");
    await expectText("open: start");
    await eventually(async () => assert.equal(await connections(), 1));
    await show(null);
    await expectText("off: start");
    await eventually(async () => assert.equal(await connections(), 0));
    await show("/case/0/?b");
    await expectText("open: start,start");
    await show(undefined);
    await eventually(async () => assert.equal(await connections(), 0));
    assert.deepEqual(page.errors, []);
  });
});
