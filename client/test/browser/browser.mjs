// Debian's Chromium and Firefox, driven by playwright-core.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRequire } from "node:module";
import { chromium, firefox } from "playwright-core";

/** Pictures are put here, out of version control. */
export const PICTURES = fileURLToPath(new URL("../../target/pictures", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * One browser with one profile: its tabs share cookies, locks and channels.
 *
 * @param options of playwright's `launchPersistentContext`: `viewport`, `colorScheme`, …
 */
export async function openBrowser(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), "chromium-"));
  const { args = [], ...more } = options;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    viewport: { width: 1280, height: 800 },
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", ...args,
    ],
    ...more,
  });
  context.setDefaultTimeout(20_000);
  const close = context.close.bind(context);
  context.close = async () => {
    await close();
    // The last of its processes may still write.
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  return context;
}

/**
 * Debian's Firefox, by WebDriver BiDi: its `moz-firefox` needs no patched one. With BiDi playwright can do less
 * than with Chromium.
 */
export async function openFirefox() {
  const browser = await firefox.launch({
    channel: "moz-firefox", executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr", headless: true,
  });
  const context = await browser.newContext();
  context.close = () => browser.close();
  return context;
}

/** A tab that collects errors of its page: `page.errors` should stay empty. */
export async function openPage(context, url) {
  const page = await context.newPage();
  page.errors = [];
  page.on("pageerror", (error) => page.errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") page.errors.push(message.text());
  });
  if (url) await page.goto(url);
  return page;
}

/** What axe-core finds, as lines; empty if there is nothing. The page's own policy stays in force. */
export async function accessibilityFaults(page) {
  // Not as an element: the policy would refuse it.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}

/** Of the visible part, as NAME.png. */
export async function takePicture(page, name) {
  const path = join(PICTURES, `${name}.png`);
  mkdirSync(dirname(path), { recursive: true });
  await page.screenshot({ path });
  return path;
}
