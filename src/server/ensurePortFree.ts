// Says at once that a port is taken, before a database is started or a file is loaded for nothing.
import { once } from "node:events";
import { createServer } from "node:net";
import { Consumer360Error } from "../kernel/errors.ts";

export async function ensurePortFree({ host, port }: { host: string; port: number }): Promise<void> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, "listening");
  } catch (error) {
    throw portError(error, { host, port });
  } finally {
    server.close();
  }
}

/** What a failed attempt to listen means. */
export function portError(error: unknown, { host, port }: { host: string; port: number }): Consumer360Error {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  switch (code) {
    case "EADDRINUSE":
      return new Consumer360Error("PORT_TAKEN", `Port ${port} on ${host} is in use by another program.`, {
        remedy: `Stop that program, or choose another port: --port ${port + 1}, PORT=${port + 1}, or 0 for any free one.`,
        cause: error,
      });
    case "EACCES":
      return new Consumer360Error("PORT_TAKEN", `This user may not listen on port ${port}.`, {
        remedy: "Choose a port from 1024 on: --port 4000 or PORT=4000.",
        cause: error,
      });
    default:
      return new Consumer360Error("CONFIG_INVALID", `The server cannot listen on ${host}, port ${port} (${code}).`, {
        remedy: "Set HOST to an address of this machine: 127.0.0.1 for this machine alone, 0.0.0.0 to serve others.",
        cause: error,
      });
  }
}
