// Compiles the client: dist/ for npm, and the one file that the jar has. `build.mjs DIRECTORY` writes it there.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));

/** As it is in the jar. Commit it after each change of the sources. */
export const SERVED = join(
  here, "../eventstream/src/main/resources/io/gripstream/eventstream/internal/serve/browser/client.js");

/** The same bytes from the same sources, wherever it runs. */
export async function compile(entry, more = {}) {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    write: false,
    banner: { js: `/*! gripstream-client ${version} | Apache-2.0 */` },
    ...more,
  });
  return outputFiles[0].text;
}

export const compileClient = () => compile("src/index.ts");

const compileReact = async () =>
  compile("src/react.ts", { external: ["react", "gripstream-client"] });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync(join(here, "dist"), { recursive: true, force: true });
  execFileSync(join(here, "node_modules/.bin/tsc"), { cwd: here, stdio: "inherit" });
  mkdirSync(join(here, "dist"), { recursive: true });
  const client = await compileClient();
  writeFileSync(join(here, "dist/client.js"), client);
  writeFileSync(join(here, "dist/react.js"), await compileReact());
  writeFileSync(SERVED, client);
}
