// The peer that answers cold: PostGraphile 5 with its Amber preset over the same tables, each question as the same reader under the same
// scope, given by `pgSettings`. Plain JavaScript, because its packages are installed with the bench alone and the house's types are
// checked without them.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const { BENCH_READER_URL, BENCH_PG_SETTINGS, BENCH_POOL_SIZE } = process.env;
const pgSettings = JSON.parse(BENCH_PG_SETTINGS);

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: BENCH_READER_URL,
      schemas: ["peer"],
      pgSettingsForIntrospection: { role: pgSettings.role },
      poolConfig: { max: Number(BENCH_POOL_SIZE) },
    }),
  ],
  grafast: { context: () => ({ pgSettings }), explain: false },
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false, maxRequestLength: 1_000_000 },
});

const server = createServer();
server.on("error", (error) => {
  throw error;
});
await instance.createServ(grafserv).addTo(server);
server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}/graphql\n`));
process.once("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
  void instance.release().then(() => process.exit());
});
