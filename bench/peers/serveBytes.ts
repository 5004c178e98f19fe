// The limit of a warm answer: a fastify handler that sends the bytes that it was given, and does nothing else.
import { readFileSync } from "node:fs";
import { fastify } from "fastify";

const bytes = readFileSync(process.env.BENCH_BYTES ?? "");

const app = fastify();
app.post("/graphql", (_, reply) => reply.type("application/json; charset=utf-8").send(bytes));
const origin = await app.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`${origin}/graphql\n`);
process.once("SIGTERM", () => void app.close());
