// The demos, as people use them. Pictures of them: client/target/pictures.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { accessibilityFaults, openBrowser, openPage, takePicture } from "./browser.mjs";
import { Stack, eventually } from "./stack.mjs";

const WITHIN = { timeout: 120_000 };
const HTML = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>";

describe("the demos", () => {
  let stack;
  let light;
  let dark;
  before(async () => {
    light = await openBrowser();
    dark = await openBrowser({ colorScheme: "dark" });
    stack = await Stack.start({ pushpin: "1.41" });
  });
  after(async () => {
    await Promise.all([light?.close(), dark?.close()]);
    await stack?.close();
  });

  it("chat has rooms, names, history, unread lines and typing, and tells what was missed", WITHIN, async () => {
    const ann = await enter(light, "Ann");
    await say(ann, "Morning! Did the deploy go through?");
    await say(ann, HTML);
    const bob = await enter(dark, "Bob");
    await expectLines(bob, ["Morning! Did the deploy go through?", HTML]);
    assert.notEqual(await bob.title(), "run");
    await say(bob, "It did. Nobody noticed, which is how I like it.");
    await expectLines(ann, ["It did. Nobody noticed, which is how I like it."]);

    // Another room: what comes to the first one is marked.
    await bob.getByRole("button", { name: "garden" }).click();
    await inRoom(bob, "garden");
    await say(ann, "Back in the lobby?");
    await bob.getByRole("button", { name: "lobby 1 unread" }).click();
    await eventually(async () => assert.equal(await bob.locator(".unread").count(), 1));

    await bob.locator("#text").pressSequentially("Well");
    await eventually(async () => assert.equal(await ann.textContent("#typing"), "Bob is typing …"));
    await bob.fill("#text", "");

    // Offline for some seconds: all comes, once, below a line that says so.
    await stack.pushpin.kill();
    await eventually(async () => assert.match(await bob.textContent("#state"), /offline/));
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await stack.pushpin.start();
    await eventually(() => say(ann, "Were you away?", 3_000), 30_000);
    await expectLines(bob, ["Were you away?"]);
    assert.match(await bob.textContent(".note"), /You were offline for \d+ seconds/);
    assert.equal(await bob.getByText("Morning!").count(), 1);

    await takePicture(ann, "chat-light");
    await takePicture(bob, "chat-dark");
    for (const page of [ann, bob]) {
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.setViewportSize({ width: 390, height: 780 });
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "it is too wide");
    }
    await takePicture(bob, "chat-phone");

    await ann.locator(".away").last().click({ force: true });
    await eventually(async () => assert.equal(await bob.textContent("#state"), "you were sent away"));
    assert.ok(await bob.locator("#say").isHidden());
    assert.deepEqual([...ann.errors, ...bob.errors].filter((text) => !text.includes("Failed to load resource")), []);
    await Promise.all([ann.close(), bob.close()]);
  });

  it("time shows the latest tick at once", WITHIN, async () => {
    for (const [browser, name] of [[light, "time-light"], [dark, "time-dark"]]) {
      const page = await openPage(browser, `${stack.url}/demo/time/`);
      const first = await eventually(async () => {
        const text = await page.textContent("#clock");
        assert.match(text, /\d/);
        return text;
      });
      await eventually(async () => assert.notEqual(await page.textContent("#clock"), first));
      await takePicture(page, name);
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.deepEqual(page.errors, []);
      await page.close();
    }
  });

  async function enter(browser, name) {
    const page = await openPage(browser, `${stack.url}/demo/chat/`);
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.fill("#name", name);
    await page.click("#enter button");
    await inRoom(page, "lobby");
    return page;
  }
});

/** The room is the one shown (the one before is shown, and live, until the server lets the person in), and live. */
async function inRoom(page, room) {
  await page.waitForFunction(
    (name) => document.getElementById("title").textContent === name && document.getElementById("state").className === "live", room);
}

async function say(page, text, timeout = 20_000) {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
  await page.waitForFunction(() => document.getElementById("text").value === "", undefined, { timeout });
}

/** Each of these, once. */
async function expectLines(page, texts) {
  await eventually(async () => {
    const lines = await page.locator("article p").allTextContents();
    for (const text of texts) assert.equal(lines.filter((line) => line === text).length, 1, text);
  });
}
