// The load generator, a process of its own: so many connections, kept alive, each with one request under way, the requests in turn. It
// reads no more of an answer than it must, so that on a small machine the servers have the processors. Reads its task from the file that it
// is given, and prints what it saw as JSON.
import { readFileSync } from "node:fs";
import { connect } from "node:net";

export type Firing = Readonly<{
  url: string;
  /** Taken in turn, over all connections. */
  asks: readonly Readonly<{ headers: Readonly<Record<string, string>>; body: string }>[];
  connections: number;
  /** Seconds that are measured, and seconds before them that are not. */
  seconds: number;
  warmUp: number;
}>;

export type Fired = Readonly<{
  requests: number;
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p95: number;
  p99: number;
  /** Of all answers' bodies together. */
  bytes: number;
  /** Answers that are none: another status than 200, or GraphQL errors. */
  faults: number;
  firstFault: string | null;
}>;

const headerEnd = Buffer.from("\r\n\r\n");
/** How an answer without errors begins. */
const sound = Buffer.from('{"data":{');

const firing = JSON.parse(readFileSync(process.argv[2] as string, "utf8")) as Firing;
const { hostname, port, pathname, host } = new URL(firing.url);
const requests = firing.asks.map(({ headers, body }) => {
  const all = { host, "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
});

const times: number[] = [];
let next = 0;
let bytes = 0;
let faults = 0;
let firstFault: string | null = null;
let first: number | null = null;
let last = 0;
const begin = performance.now() + firing.warmUp * 1000;
const end = begin + firing.seconds * 1000;
/** Answers that are waited for where they take longer than the span has room for, and how many milliseconds at most. */
const fewest = 6;
const patience = 60_000;

const isOver = (now: number) => now > end && (times.length >= fewest || now > end + patience);

function note(fault: string): void {
  faults += 1;
  firstFault ??= fault.slice(0, 500);
}

/** The first answer after the warm-up starts the clock, the last one before the end stops it: slow answers are not cut by the span. */
function finish(sent: number, body: number): void {
  const now = performance.now();
  if (now < begin || isOver(now)) return;
  last = now;
  if (first === null) {
    first = now;
    return;
  }
  times.push(now - sent);
  bytes += body;
}

function openConnection(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let sent = 0;
    /** What came before the length of the answer was known. */
    let head: Buffer | null = null;
    let missing = 0;
    let isSound = false;
    const send = () => {
      sent = performance.now();
      if (isOver(sent)) {
        socket.destroy();
        return resolve();
      }
      socket.write(requests[next % requests.length] as Buffer);
      next += 1;
    };
    let body = 0;
    socket.on("data", (chunk: Buffer) => {
      if (missing === 0) {
        head = head === null ? chunk : Buffer.concat([head, chunk]);
        const at = head.indexOf(headerEnd);
        if (at < 0 || head.length < at + headerEnd.length + sound.length) return;
        const text = head.toString("latin1", 0, at);
        const [, length] = /\r\ncontent-length: *(\d+)/i.exec(text) ?? [];
        const from = at + headerEnd.length;
        isSound = text.startsWith("HTTP/1.1 200") && head.subarray(from, from + sound.length).equals(sound);
        if (!isSound) note(head.toString("utf8"));
        if (length === undefined) {
          note(`The answer does not say how long it is: ${text}`);
          socket.destroy();
          return resolve();
        }
        body = Number(length);
        missing = body - (head.length - from);
        head = null;
      } else {
        missing -= chunk.length;
      }
      if (missing > 0) return;
      finish(sent, body);
      send();
    });
    socket.on("connect", send);
    socket.on("error", (error) => note(String(error)));
    socket.on("close", () => {
      if (performance.now() < end) note("The server closed the connection.");
      resolve();
    });
  });
}

await Promise.all(Array.from({ length: firing.connections }, openConnection));
times.sort((a, b) => a - b);
const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
const fired: Fired = {
  requests: times.length,
  perSecond: times.length / ((last - (first ?? last)) / 1000),
  p50: at(0.5),
  p95: at(0.95),
  p99: at(0.99),
  bytes,
  faults,
  firstFault,
};
process.stdout.write(JSON.stringify(fired));
