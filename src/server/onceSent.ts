// When nothing more of an answer is sent: it is out, or the client has gone.
import type { ServerResponse } from "node:http";

export function onceSent(raw: ServerResponse, run: () => void): void {
  if (raw.destroyed || raw.writableFinished) return void setImmediate(run);
  const once = () => {
    raw.off("finish", once).off("close", once);
    run();
  };
  raw.on("finish", once).on("close", once);
}
