// Ports for servers that must know theirs in advance: as the Java tests have them (PortBlocks), with the same
// numbers. Test runs that go on at the same time on one machine never get the same port.
import { createServer } from "node:net";

// Below the range for outgoing connections, which could take a port before its server has started. Browsers
// refuse to open port 10,080.
const FIRST_PORT = 10_100;
const BLOCK_SIZE = 200;
const BLOCK_COUNT = 113;

const firstBlock = Math.floor(Math.random() * BLOCK_COUNT);
let blocksTried = 0;
let block = [];

/** Free ports on loopback. A process never gets the same one twice. */
export async function freePorts(count) {
  const ports = [];
  while (ports.length < count) {
    if (block.length === 0) block = await takeBlock();
    const port = block.shift();
    const server = await listen(port);
    if (server) {
      await new Promise((resolve) => server.close(resolve));
      ports.push(port);
    }
  }
  return ports;
}

/** A block belongs to the process that listens on its first port, until the process ends. */
async function takeBlock() {
  while (blocksTried < BLOCK_COUNT) {
    const sign = FIRST_PORT + ((firstBlock + blocksTried++) % BLOCK_COUNT) * BLOCK_SIZE;
    const server = await listen(sign);
    if (server) {
      server.unref();
      return Array.from({ length: BLOCK_SIZE - 1 }, (_, i) => sign + 1 + i);
    }
  }
  throw new Error("all blocks of ports are taken");
}

/** Undefined if something else listens there. */
function listen(port) {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve());
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
