// Pooled connections under stress: whatever a request did to the one connection that there is, the next asker gets its own answer on it; and
// askers of different roles who come all at once get each their own.
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openReadWarehouse } from "../../src/warehouse/openReadWarehouse.ts";
import { type Asker, admin, crm, managerOf } from "../server/demoServer.ts";
import { useAttackedShop } from "./useAttackedShop.ts";

/** What the next statement about rows becomes; null: itself. */
let instead: string | null = null;

const shop = useAttackedShop({
  readBy({ url }) {
    const pool = openReadWarehouse(url, { maxConnections: 1 });
    return {
      ...pool,
      read(statement, ...rest) {
        const text = instead;
        instead = null;
        return pool.read(text === null ? statement : { text, values: [] }, ...rest);
      },
    };
  },
});

const question = `{ me { role countries } kpis { orders grossRevenue customers } revenueByCountry { country customers }
  segments { key customers } }`;
const askers: readonly Asker[] = [
  ...[
    admin,
    crm,
    { role: "executive" },
    { role: "analyst" },
    { role: "partner" },
    managerOf("France"),
    managerOf("Germany", "Spain"),
  ],
  ...[
    managerOf("Atlantis"),
    managerOf(),
    { role: "country_manager" },
    managerOf('Åland, "Islands"'),
    managerOf("France", "Belgium"),
  ],
];
const fitted = ({ role }: Asker) =>
  role === "partner" ? question.replace("kpis { orders grossRevenue customers }", "") : question;

const backends = async () => {
  const { rows } = await shop.warehouse().owner.query<{ pid: number; state: string; query: string }>(
    `SELECT pid, state, query FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'consumer360-read' AND pid <> pg_backend_pid()`,
  );
  return rows;
};
const untilAsleep = async (): Promise<number> => {
  for (;;) {
    const asleep = (await backends()).find(({ state, query }) => state === "active" && query.includes("pg_sleep"));
    if (asleep) return asleep.pid;
    await sleep(10);
  }
};

/** Keeps every row, and is told no statements. */
const unscoped: Asker = { role: "executive" };

describe("one connection for everybody", () => {
  let origin: Promise<string> | undefined;
  /** What happens to it, and what whoever asked is told. */
  const accidents: Readonly<Record<string, () => Promise<readonly string[]>>> = {
    "nothing at all": async () => [],
    "a statement that fails": () => failWith("SELECT 'x'::integer"),
    "a statement that is none": () => failWith("nonsense"),
    "a statement that would write": () => failWith("DELETE FROM fact_sales"),
    "a statement that would see more": () => failWith("SET LOCAL consumer360.countries = '*'"),
    "a statement that leaves the role": () => failWith("RESET ROLE"),
    "a table that readers do not see": () => failWith("SELECT * FROM api_key"),
    "a statement that is cancelled, as one is that takes too long": async () => {
      instead = "SELECT pg_sleep(60)";
      const asked = shop.ask(unscoped, "{ kpis { orders } }");
      await shop.warehouse().owner.query("SELECT pg_cancel_backend($1)", [await untilAsleep()]);
      return (await asked).codes;
    },
    "a connection that is cut": async () => {
      instead = "SELECT pg_sleep(60)";
      const asked = shop.ask(unscoped, "{ kpis { orders } }");
      await shop.warehouse().owner.query("SELECT pg_terminate_backend($1)", [await untilAsleep()]);
      const { codes } = await asked;
      expect(shop.takeFaults()).toMatch(/warehouse/i);
      return codes;
    },
    "a client that goes away": async () => {
      const leave = new AbortController();
      origin ??= shop.listen();
      instead = "SELECT pg_sleep(60)";
      const asked = fetch(`${await origin}/graphql`, {
        method: "POST",
        headers: { authorization: `Bearer ${await shop.tokenOf(unscoped)}`, "content-type": "application/json" },
        body: JSON.stringify({ query: "{ kpis { orders } }" }),
        signal: leave.signal,
      }).catch(() => null);
      const pid = await untilAsleep();
      leave.abort();
      expect(await asked).toBeNull();
      // The one who comes next does not wait for the statement that nobody reads any more.
      const began = performance.now();
      expect((await shop.ask(crm, "{ kpis { orders } }")).codes).toEqual([]);
      expect(performance.now() - began).toBeLessThan(10_000);
      await shop.warehouse().owner.query("SELECT pg_terminate_backend($1)", [pid]);
      return [];
    },
  };
  async function failWith(text: string): Promise<readonly string[]> {
    instead = text;
    const { codes, body } = await shop.ask(unscoped, "{ kpis { orders } }");
    expect(body).not.toMatch(/integer|syntax|permission|read-only|api_key|fact_sales|consumer360\./);
    expect(shop.takeFaults().length === 0).toBe(codes.length === 0 || !codes.includes("INTERNAL"));
    return codes;
  }
  const told: Readonly<Record<string, readonly string[]>> = {
    "nothing at all": [],
    "a client that goes away": [],
    "a statement that is cancelled, as one is that takes too long": ["QUERY_TOO_COSTLY"],
    "a connection that is cut": ["WAREHOUSE_UNAVAILABLE"],
  };

  test.each(Object.entries(accidents))("after %s the next asker gets its own", async (name, happen) => {
    const wanted = new Map<Asker, string>();
    for (const asker of askers) wanted.set(asker, (await shop.ask(asker, fitted(asker))).body);
    for (const asker of [crm, managerOf("Atlantis"), managerOf("France")]) {
      const codes = await happen();
      if (name !== "a statement that would see more" && name !== "a statement that leaves the role")
        expect(codes).toEqual(told[name] ?? ["INTERNAL"]);
      const own = askers.find((one) => JSON.stringify(one) === JSON.stringify(asker)) ?? asker;
      expect((await shop.ask(own, fitted(own))).body).toBe(wanted.get(own));
      // One connection at most, and nothing open on it a moment later.
      await expect
        .poll(async () => (await backends()).filter(({ state }) => state !== "active").map(({ state }) => state))
        .toSatisfy((states: string[]) => states.length <= 1 && states.every((state) => state === "idle"));
    }
    for (const asker of askers) expect((await shop.ask(asker, fitted(asker))).body).toBe(wanted.get(asker));
  });
});

describe("two hundred at once", () => {
  test("of different roles get each their own, on one connection", async () => {
    const wanted: string[] = [];
    for (const asker of askers) wanted.push((await shop.ask(asker, fitted(asker))).body);
    expect(new Set(wanted).size).toBe(askers.length);
    const many = Array.from({ length: 200 }, (_, nth) => (nth * 7) % askers.length);
    const bodies = await Promise.all(
      many.map(async (nth) => {
        const asker = askers[nth] ?? admin;
        return (await shop.ask(asker, fitted(asker))).body;
      }),
    );
    expect(bodies).toEqual(many.map((nth) => wanted[nth]));
  });
});
