import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openBrowser, openPage } from "./browser.mjs";
import { Stack, eventually } from "./stack.mjs";

for (const pushpin of [undefined, "1.36", "1.41"]) {
  describe(pushpin ? `behind Pushpin ${pushpin}` : "direct", () => {
    let stack;
    let browser;
    before(async () => {
      [stack, browser] = await Promise.all([Stack.start({ pushpin }), openBrowser()]);
    });
    after(async () => {
      await browser?.close();
      await stack?.close();
    });

    it("an event reaches a page", async () => {
      const page = await openPage(browser, `${stack.url}/`);
      await page.evaluate(() => new Promise((resolve) => {
        globalThis.got = [];
        const source = new EventSource("/events?channel=news");
        source.onmessage = (event) => globalThis.got.push(event.data);
        source.onopen = resolve;
      }));
      await stack.publish("news", "hello");
      await eventually(async () => assert.deepEqual(await page.evaluate(() => globalThis.got), ["hello"]));
    });
  });
}
