// Makes the pictures of the README from a real run: the tests of the console and of the demos take them as they go.
// Smaller by Debian's pngquant, whose loss nobody sees.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const PICTURES = {
  "console-light": "console-light",
  "console-recovery": "console-recovery",
  "console-phone": "console-phone",
  "chat-light": "chat",
};
const run = (command, ...args) => execFileSync(command, args, { cwd: here, stdio: "inherit" });

run(process.execPath, "--test", "test/browser/console.test.mjs", "test/browser/demos.test.mjs");
for (const [taken, shown] of Object.entries(PICTURES)) {
  run("pngquant", "--force", "--strip", "--output", `../docs/pictures/${shown}.png`, `target/pictures/${taken}.png`);
}
