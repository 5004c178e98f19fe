// Starts the built product's own `serve` on a database of the bench, as production runs it, and asks it as any role.
import { randomBytes } from "node:crypto";
import { signToken } from "../../src/server/signToken.ts";
import { product } from "./benchFiles.ts";
import type { Bench } from "./openBench.ts";
import { type StartedServer, startServer } from "./startServer.ts";

export type Asker = Readonly<{ role: string; countries?: readonly string[] }>;

export type Product = StartedServer &
  Readonly<{
    /** The headers of a question. */
    headersOf(asker: Asker): Promise<Readonly<Record<string, string>>>;
  }>;

/** Connections to PostgreSQL of the product and of every peer. */
export const poolSize = 8;

type Options = Readonly<{
  node: string;
  database: string;
  /** Megabytes of the answer cache; 0: off. */
  cache: number;
}>;

/** Without the record of who asked what, which no peer keeps. */
export async function startProduct({ server, home }: Bench, { node, database, cache }: Options): Promise<Product> {
  const secret = randomBytes(48).toString("base64");
  const started = await startServer({
    file: node,
    args: [product, "serve"],
    cwd: home,
    env: {
      NODE_ENV: "production",
      DATABASE_URL: server.urlOf(database),
      READER_DATABASE_URL: server.readerUrlOf(database),
      CONSUMER360_HOME: home,
      AUTH_SECRET: secret,
      AUDIT: "off",
      PORT: "0",
      LOG_LEVEL: "warn",
      POOL_SIZE: String(poolSize),
      ANSWER_CACHE_MB: String(cache),
    },
  });
  return Object.freeze({
    ...started,
    headersOf: async ({ role, countries }: Asker) => {
      const claims = countries === undefined ? {} : { countries };
      const token = await signToken(secret, { role, claims, expiresIn: 86_400 });
      return { authorization: `Bearer ${token}` };
    },
  });
}
