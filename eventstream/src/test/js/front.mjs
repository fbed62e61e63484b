// An application of Express in front of the streams, as many have it: compression for everything, and a
// proxying middleware. front.mjs TARGET PORT; prints "ready", and ends with its standard input.
import compression from "compression";
import express from "express";
import { createProxyMiddleware } from "http-proxy-middleware";

const [target, port] = process.argv.slice(2);

express()
  .use(compression())
  .use(createProxyMiddleware({ target, changeOrigin: false }))
  .listen(Number(port), "127.0.0.1", () => console.log("ready"));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
