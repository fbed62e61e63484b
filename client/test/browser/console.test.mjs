// The console, each button, in a browser: direct and through both Pushpins.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { accessibilityFaults, openBrowser, openPage, takePicture } from "./browser.mjs";
import { Stack, eventually } from "./stack.mjs";

const HTML = "<b>bold</b><script>document.title = 'taken'</script>";

const linkOf = (stack) => /^console: (\S+)$/m.exec(stack.server.output)[1];
const text = (page, selector) => page.locator(selector).textContent();
const texts = (page, selector) => page.locator(selector).allTextContents();

/** Data of the events that are shown, oldest first. */
const shown = async (page) => (await texts(page, "#rows tr:visible td.data")).reverse();

const showsOpen = (page) => page.locator("#watch-state[data-state=open]").waitFor();

async function publish(page, data, { type = "message", channels = "news", json = false } = {}) {
  await page.locator(json ? "#as-json" : "#as-text").check();
  await page.fill("#publish-channels", channels);
  await page.fill("#type", type);
  await page.fill("#data", data);
  await page.locator("#publish").getByRole("button", { name: "Publish" }).click();
}

async function view(page, name) {
  await page.click(`#to-${name}`);
  await page.locator(`#view-${name}`).waitFor();
}

async function trial(page, name) {
  await page.click(`#trial-${name}`);
  await eventually(async () => assert.equal(await page.locator(`#trial-${name}`).isEnabled(), true), 30_000);
  return { result: await text(page, `#trial-${name}-result`), steps: await texts(page, `#trial-${name}-steps li`) };
}

for (const pushpin of [undefined, "1.36", "1.41"]) {
  describe(pushpin ? `console behind Pushpin ${pushpin}` : "console, direct", () => {
    let stack;
    let browser;
    let page;
    before(async () => {
      browser = await openBrowser({
        viewport: { width: 1280, height: 860 }, permissions: ["clipboard-read", "clipboard-write"],
      });
      stack = await Stack.start({ pushpin });
    });
    after(async () => {
      await browser?.close();
      await stack?.close();
    });

    it("the printed link signs this browser in, once, and is gone from the address", async () => {
      page = await openPage(browser, linkOf(stack));
      await page.locator("html[data-ready]").waitFor();
      assert.equal(page.url(), `${stack.url}/`);
      assert.match(await text(page, "#who"), /^Signed in until \d\d:\d\d$/);
      await page.reload();
      await showsOpen(page);
      assert.match(await text(page, "#who"), /^Signed in until/);
      const code = linkOf(stack).split("code=")[1];
      const again = await fetch(`${stack.url}/console/session`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code }),
      });
      assert.equal(again.status, 401);
      assert.equal(stack.server.output.split(code).length, 2, "the code is printed once and logged nowhere");
      const [cookie] = await browser.cookies(stack.url);
      assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, "Strict"]);
    });

    it("the line says how the stream reached the server", async () => {
      const expected = {
        undefined: "Open: direct, held by the server itself, HTTP/1.1",
        1.36: /^Open: proxied, held by a Pushpin older than 1\.41 \(control port http:\/\/127\.0\.0\.1:\d+\/\), HTTP\/1\.1$/,
        1.41: /^Open: proxied, held by Pushpin 1\.41 \(control port http:\/\/127\.0\.0\.1:\d+\/\), HTTP\/1\.1$/,
      }[pushpin];
      await eventually(async () => assert.match(await text(page, "#watch-state"), new RegExp(expected)));
    });

    it("what is published is shown, as text, with its id, size and latency", async () => {
      await publish(page, HTML);
      await publish(page, '{"order":4711}', { type: "shipped", channels: "news, other", json: true });
      await eventually(async () => assert.deepEqual(await shown(page), [HTML, '{"order":4711}']));
      assert.notEqual(await page.title(), "taken");
      // The event may be here before the answer to its publisher.
      await eventually(async () => assert.match(await text(page, "#published"), /^Stored in news as 2, other as 1 after \d/));
      const [newest] = await texts(page, "#rows tr:first-child");
      assert.match(newest, /newsshipped\{"order":4711\}214 B/);
      await eventually(async () => assert.match(await text(page, "#rows tr:first-child .latency"), /^(<1|\d+) ms$/));
    });

    it("an event of the command line is shown with its latency, and its channel offered and found", async () => {
      await stack.command("publish", "news", "from the command line");
      await eventually(async () => assert.equal((await shown(page)).at(-1), "from the command line"));
      await eventually(async () => assert.match(await text(page, "#rows tr:first-child .latency"), /^(<1|[\d.]+) m?s$/));
      await stack.command("publish", "sport", "of a channel that this server has not seen");
      await page.locator("#offered").getByRole("button", { name: "sport" }).waitFor();
      await page.locator("#offered").getByRole("button", { name: "other" }).waitFor();
      const options = () => page.locator("#known-channels option").evaluateAll((all) => all.map(({ value }) => value));
      await page.fill("#channels", "news, sp");
      await eventually(async () => assert.deepEqual(await options(), ["news, sport"]));
      await page.fill("#channels", "news");
    });

    it("filter, pause, copy, and the pages of history", async () => {
      await page.fill("#filter", "shipped");
      assert.deepEqual(await shown(page), ['{"order":4711}']);
      await page.click("#copy-all");
      await eventually(async () => assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
        '{"channel":"news","id":2,"type":"shipped","data":"{\\"order\\":4711}"}'));
      await page.fill("#filter", "");
      await page.click("#pause");
      await publish(page, "while paused");
      await eventually(async () => assert.equal(await text(page, "#watch-paused"), "1 new"));
      await page.click("#pause");
      await eventually(async () => assert.equal((await shown(page)).at(-1), "while paused"));
      await page.getByRole("button", { name: "Open", exact: true }).click();
      await eventually(async () => assert.deepEqual(await shown(page), []));
      await showsOpen(page);
      await page.click("#earlier");
      await eventually(async () => assert.deepEqual(
        await shown(page), [HTML, '{"order":4711}', "from the command line", "while paused"]));
      await page.selectOption("#rewind", "10");
      await page.getByRole("button", { name: "Open", exact: true }).click();
      await eventually(async () => assert.equal((await shown(page)).length, 4));
      await eventually(async () => assert.deepEqual(await texts(page, "#rows .latency"), Array(4).fill("replayed")));
    });

    it("wrong JSON is named, a key is used once, and commands have no credential", async () => {
      await publish(page, "{", { json: true });
      assert.match(await text(page, "#data-problem"), /^Not JSON: /);
      await page.getByText("More").click();
      await page.click("#new-key");
      await publish(page, "once");
      await eventually(async () => assert.match(await text(page, "#published"), /^Stored in news as 5/));
      await page.locator("#publish").getByRole("button", { name: "Publish" }).click();
      await eventually(async () => assert.match(await text(page, "#published"), /Nothing new was published/));
      await page.fill("#key", "");
      await page.fill("#skip", "ann");
      assert.match(await text(page, "#command"), /\$GRIPSTREAM_KEY[^]*"skip_user_ids":\["ann"\]/);
      await page.check("#as-cli");
      assert.equal(await text(page, "#command"), "scripts/gripstream publish --skip-user 'ann' -- 'news' 'once'");
      assert.ok(!(await page.content()).includes(stack.key));
      await page.fill("#skip", "");
    });

    it("every second one more event comes until it is stopped", async () => {
      await page.fill("#data", "tick");
      await page.click("#repeat");
      await eventually(async () => assert.ok((await shown(page)).filter((data) => data === "tick").length >= 3));
      await page.click("#repeat");
      if (pushpin === undefined) await takePicture(page, "console-light");
    });

    it("a dropped connection comes back with its position and misses nothing", async () => {
      await view(page, "recovery");
      const { result, steps } = await trial(page, "drop");
      assert.equal(result, "Exactly these three arrived, once, in order.", steps.join("\n"));
      assert.match(steps.join("\n"), /comes back with position console-trial-\w+:1,\.:\w+/);
      assert.match(steps.at(-1), /Received: 2 \(one\), 3 \(two\), 4 \(three\)\.$/);
    });

    it("who falls behind is told so, and whose right is taken away is shut out", async () => {
      const behind = await trial(page, "behind");
      assert.match(behind.steps.at(-1), /stream-reset, reason “expired”/, behind.result);
      const right = await trial(page, "right");
      assert.match(right.steps.join("\n"), /stream-error “forbidden” after \d/, right.result);
      assert.equal(right.result, "The stream ended, and the token is worth nothing on this channel.");
      if (pushpin === "1.36") {
        await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
        await takePicture(page, "console-recovery");
        await page.emulateMedia({ colorScheme: "light" });
      }
    });

    it("health shows the parts, charts and what doctor finds", async () => {
      await view(page, "health");
      await eventually(async () => assert.match((await texts(page, "#parts li")).join("\n"),
        pushpin ? /Storageok[^]*Proxy http:\/\/127\.0\.0\.1:\d+\/ok/ : /Storageok[^]*None: the server holds all streams/));
      await eventually(async () => assert.equal(await page.locator(".chart canvas").count(), 6));
      await eventually(async () => assert.match(await text(page, "#chart-streams .value"), pushpin ? /^0 / : /^1 streams/));
      await eventually(async () => assert.match((await texts(page, "#findings li")).join("\n"), /proxy: /));
      // Each figure moves when something happens.
      let published = 0;
      const figures = () => Promise.all(["events", "deliveries", "latency", "behind", "queue"].map((id) => text(page, `#chart-${id} .value`)));
      await eventually(async () => {
        await stack.publish("news", `figure ${published++}`);
        const [accepted, delivered, latency, behind, queue] = await figures();
        assert.match(accepted, /^(?!0 )[\d.,]+ \/s$/);
        assert.match(delivered, pushpin ? /to proxies (?!0 )[\d.,]+ \/s/ : /direct (?!0 )[\d.,]+ \/s/);
        assert.match(latency, /^(<1|[\d.]+) m?s$/);
        assert.match(behind, /^streams 0 · events 0$/);
        assert.match(queue, pushpin ? /^0 items$/ : /^–$/);
      });
      if (pushpin === "1.36") return;
      await page.click("#check");
      await eventually(async () => {
        assert.match(await text(page, "#checked"), /^All checks, \d+ s ago$/);
        assert.match((await texts(page, "#findings li")).join("\n"), /event: published here and received/);
      }, 60_000);
      assert.equal(await page.locator("#findings [data-mood=bad]").count(), 0, (await texts(page, "#findings li")).join("\n"));
      if (pushpin) await takePicture(page, "console-health");
    });

    if (pushpin === undefined) {
      it("axe finds nothing, light and dark, wide and narrow, and nothing is wider than a phone", async () => {
        for (const [width, colorScheme] of [[1280, "light"], [1280, "dark"], [390, "light"]]) {
          await page.setViewportSize({ width, height: 844 });
          // Without the colours on their way from light to dark.
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          for (const name of ["events", "recovery", "health"]) {
            await view(page, name);
            assert.deepEqual(await accessibilityFaults(page), [], `${name}, ${width}, ${colorScheme}`);
            assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than ${width}`);
          }
          await view(page, "events");
          if (colorScheme === "dark") await takePicture(page, "console-dark");
          if (width === 390) await takePicture(page, "console-phone");
        }
        await page.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference" });
        await page.setViewportSize({ width: 1280, height: 860 });
      });

      it("all is reached by keyboard", async () => {
        await view(page, "events");
        await page.locator("body").press("Home");
        const reached = new Set();
        for (let i = 0; i < 60; i++) {
          await page.keyboard.press("Tab");
          reached.add(await page.evaluate(() => document.activeElement.id));
        }
        for (const id of ["to-health", "sign", "channels", "rewind", "close", "filter", "pause", "copy-all", "log", "data", "repeat", "copy-command"]) {
          assert.ok(reached.has(id), `${id} is not reached`);
        }
        await page.locator("#log").focus();
        const rows = await page.locator("#rows tr:not([hidden])").count();
        assert.ok(rows > 1, "there are events to go to");
        const labels = new Set();
        for (let i = 0; i < rows; i++) {
          await page.keyboard.press("ArrowDown");
          labels.add(await page.evaluate(() => [...document.querySelectorAll("#rows tr:not([hidden]) .act button")].indexOf(document.activeElement)));
        }
        assert.deepEqual([...labels], [...Array(rows).keys()], "each event by an arrow key");
      });

      it("elsewhere a key is asked for, and kept for the tab only", async () => {
        await page.click("#sign");
        await eventually(async () => assert.equal(await text(page, "#who"), "Not signed in"));
        await page.click("#sign");
        await page.fill("#credential", "not the key");
        await page.locator("#sign-form").getByRole("button", { name: "Sign in" }).click();
        await eventually(async () => assert.match(await text(page, "#sign-problem"), /not one of the configured ones/));
        await page.fill("#credential", stack.key);
        await page.locator("#sign-form").getByRole("button", { name: "Sign in" }).click();
        await eventually(async () => assert.equal(await text(page, "#who"), "Signed in, in this tab"));
        await page.reload();
        await showsOpen(page);
        assert.equal(await text(page, "#who"), "Signed in, in this tab");
        const other = await openPage(browser, `${stack.url}/`);
        await other.locator("html[data-ready]").waitFor();
        assert.equal(await text(other, "#who"), "Not signed in");
        assert.deepEqual(other.errors, [], "it greets without an error");
        await other.close();
      });
    }

    if (pushpin === "1.36") {
      it("20,000 events leave the page as it was after the first thousands, paused or not", { timeout: 120_000 }, async () => {
        await view(page, "events");
        await page.selectOption("#rewind", "0");
        await page.fill("#channels", "flood");
        await page.getByRole("button", { name: "Open", exact: true }).click();
        await showsOpen(page);
        const session = await browser.newCDPSession(page);
        let sent = 0;
        const used = async (upTo) => {
          while (sent < upTo) {
            await stack.api("POST", "/api/batch",
              Array.from({ length: 1_000 }, () => ({ channel: "flood", data: `flood ${++sent} ${"x".repeat(100)}` })));
          }
          await stack.publish("flood", `after ${upTo}`);
          sent++;
          if (await page.locator("#pause[aria-pressed=true]").count()) await page.click("#pause");
          await eventually(async () => assert.equal((await shown(page)).at(-1), `after ${upTo}`), 60_000);
          // Latencies are asked for, and told, a moment later.
          await page.waitForTimeout(1_500);
          await session.send("HeapProfiler.collectGarbage");
          const [{ usedSize }, { nodes }] = [await session.send("Runtime.getHeapUsage"), await session.send("Memory.getDOMCounters")];
          return { usedSize, nodes, rows: await page.locator("#rows tr").count() };
        };
        const early = await used(4_000);
        assert.equal(early.rows, 500);
        await used(10_000);
        await page.click("#pause");
        const late = await used(20_000);
        assert.equal(late.rows, 500);
        assert.ok(late.nodes < early.nodes * 1.1, `${late.nodes} nodes, ${early.nodes} before`);
        assert.ok(late.usedSize < early.usedSize + 2_000_000, `${late.usedSize} bytes, ${early.usedSize} before`);
      });
    }

    if (pushpin === "1.41") {
      it("the page recovers by itself when server and proxy were killed, and nothing is lost or doubled", async () => {
        await view(page, "events");
        await page.selectOption("#rewind", "0");
        await page.getByRole("button", { name: "Open", exact: true }).click();
        await showsOpen(page);
        await stack.publish("news", "before");
        await eventually(async () => assert.deepEqual(await shown(page), ["before"]));
        await stack.server.kill();
        await stack.command("publish", "--quiet", "news", "while the server was away");
        await stack.server.start();
        await stack.pushpin.kill();
        await stack.command("publish", "--quiet", "news", "while the proxy was away").catch(() => {});
        await stack.pushpin.start();
        await stack.publish("news", "after");
        await eventually(async () => assert.deepEqual(await shown(page),
          ["before", "while the server was away", "while the proxy was away", "after"]), 60_000);
      });
    } else {
      it("no page had an error", () => {
        // A refusal that is shown is in the browser's own list, too.
        assert.deepEqual(page.errors.filter((error) => !/status of (400|401)/.test(error)), []);
      });
    }
  });
}
