import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { it } from "node:test";
import { SERVED, compileClient } from "../build.mjs";
import { cases } from "./cases.mjs";
import { WITHOUT_CASE, THEIRS } from "./web-platform-tests.mjs";

const top = fileURLToPath(new URL("..", import.meta.url));

it("the client in the jar is what the sources compile to", async () => {
  const isSame = readFileSync(SERVED, "utf8") === (await compileClient());
  assert.ok(isSame, "run npm run build in client/, and commit what it writes");
});

it("the client is at most 5 kB, compressed", async () => {
  const size = gzipSync(await compileClient(), { level: 9 }).length;
  assert.ok(size <= 5_000, `${size} bytes`);
});

it("the sources have the types that they say", () => {
  execFileSync("node_modules/.bin/tsc", ["--noEmit", "--emitDeclarationOnly", "false", "--declaration", "false"], { cwd: top, stdio: "pipe" });
});

it("the package depends on nothing", () => {
  const { dependencies = {} } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  assert.deepEqual(dependencies, {});
});

it("each test of the web platform has a case here, or a reason", () => {
  const covered = new Set(cases.flatMap((one) => one.wpt));
  for (const name of THEIRS) {
    assert.ok(covered.has(name) !== name in WITHOUT_CASE, `${name} has a case, or a reason, and not both`);
  }
  for (const name of [...covered, ...Object.keys(WITHOUT_CASE)]) {
    assert.ok(THEIRS.includes(name), `${name} is not a test of theirs`);
  }
});
