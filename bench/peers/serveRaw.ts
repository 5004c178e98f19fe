// The limit as a server: fastify, the driver's pool, and for each question BEGIN with scope and role, one prepared statement, COMMIT.
import { fastify } from "fastify";
import pg from "pg";
import { type RawQuestion, rawStatement } from "./rawStatements.ts";

const { BENCH_READER_URL, BENCH_PG_SETTINGS = "{}", BENCH_POOL_SIZE } = process.env;
const { role, ...settings } = JSON.parse(BENCH_PG_SETTINGS) as Record<string, string>;

const begin = [
  "BEGIN READ ONLY",
  ...Object.entries(settings).map(([name, value]) => `SET LOCAL ${name} = ${pg.escapeLiteral(value)}`),
  `SET LOCAL ROLE ${pg.escapeIdentifier(role ?? "")}`,
].join("; ");

const pool = new pg.Pool({ connectionString: BENCH_READER_URL, max: Number(BENCH_POOL_SIZE) });

type Asked = Readonly<{ question: RawQuestion; values: readonly unknown[] }>;

async function answer({ question, values }: Asked): Promise<string> {
  const { name, text, root } = rawStatement(question);
  const client = await pool.connect();
  try {
    await client.query(begin);
    const { rows } = await client.query({ name, text, values: [...values] });
    await client.query("COMMIT");
    client.release();
    return `{"data":{"${root}":${rows[0]?.body}}}`;
  } catch (cause) {
    client.release(true);
    throw cause;
  }
}

const app = fastify();
app.post<{ Body: Asked }>("/graphql", async (request, reply) =>
  reply.type("application/json; charset=utf-8").send(await answer(request.body)),
);
const origin = await app.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`${origin}/graphql\n`);
process.once("SIGTERM", () => void app.close().then(() => pool.end()));
