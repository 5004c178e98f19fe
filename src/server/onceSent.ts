// When nothing more of an answer is sent: it is out, or the client has gone. A response that waits behind another of its connection hears
// nothing when that closes, so the connection itself is listened to: once, for all of its responses.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

const waiting = new WeakMap<Socket, Set<() => void>>();

/** Calls `run` once. */
export function onceSent(raw: ServerResponse, run: () => void): void {
  const socket = raw.req?.socket;
  if (raw.destroyed || raw.writableFinished || socket?.destroyed) return void setImmediate(run);
  const once = () => {
    raw.off("finish", once).off("close", once);
    forget(socket, once);
    run();
  };
  raw.on("finish", once).on("close", once);
  listen(socket, once);
}

/** Calls `run` once where the connection closes before the answer is out. */
export function whenGone(raw: ServerResponse, run: () => void): void {
  onceSent(raw, () => {
    if (!raw.writableFinished) run();
  });
}

/** A connection that is made up, as for tests that ask without one, has no end. */
function listen(socket: Socket | undefined, closed: () => void): void {
  if (typeof socket?.once !== "function") return;
  const known = waiting.get(socket);
  if (known) return void known.add(closed);
  const all = new Set([closed]);
  waiting.set(socket, all);
  socket.once("close", () => {
    for (const each of all) each();
  });
}

function forget(socket: Socket | undefined, closed: () => void): void {
  if (socket) waiting.get(socket)?.delete(closed);
}
