// Serves what a test of the client needs: the cases' own answers, and pages to run them in.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { compileClient } from "../build.mjs";

const FILES = { "/cases.mjs": "cases.mjs", "/kit.mjs": "kit.mjs" };
const PAGE = `<!doctype html><html lang="en"><title>Test</title><link rel="icon" href="data:,">`;

/** Two origins with the same answers: each case gets those that its `serve` gives, below /case/NUMBER/. */
export async function serveCases(cases) {
  const script = await compileClient();
  const requests = cases.map(() => []);
  const open = cases.map(() => 0);

  function answer(request, response) {
    const url = new URL(request.url, `http://${request.headers.host}`);
    const [, kind, number, path] = /^\/(case)\/(\d+)\/(.*)/.exec(url.pathname) ?? [];
    if (kind) {
      const seen = requests[number];
      seen.push({ method: request.method, path, query: url.search, headers: request.headers, at: Date.now() });
      open[number]++;
      response.on("close", () => open[number]--);
      cases[number].serve(request, response, { path, url, count: seen.length });
    } else if (url.pathname.startsWith("/requests/")) {
      const id = url.pathname.slice("/requests/".length);
      response.setHeader("Content-Type", "application/json");
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.end(JSON.stringify({ requests: requests[id], open: open[id] }));
    } else if (url.pathname === "/client.js" || FILES[url.pathname]) {
      response.setHeader("Content-Type", "text/javascript; charset=utf-8");
      response.end(url.pathname === "/client.js" ? script : readFileSync(new URL(FILES[url.pathname], import.meta.url)));
    } else {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end(PAGE);
    }
  }

  const servers = await Promise.all([0, 1].map(() => new Promise((resolve) => {
    const server = createServer(answer).listen(0, "127.0.0.1", () => resolve(server));
  })));
  const [origin, foreign] = servers.map((server) => `http://127.0.0.1:${server.address().port}`);
  return {
    origin,
    foreign,
    close: () => servers.forEach((server) => {
      server.close();
      server.closeAllConnections();
    }),
  };
}
