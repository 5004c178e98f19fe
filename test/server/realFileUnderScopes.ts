// What restricted roles get of the real file, and what they are refused, for realFile.test.ts.
import { describe, expect, test } from "vitest";
import { signToken } from "../../src/server/signToken.ts";
import { admin, crm, managerOf } from "./demoServer.ts";
import { isSale, type RealShop } from "./realFileAsAdmin.ts";
import { countOf, decimal, exact, reference, sumOf, thousandths } from "./referenceFiles.ts";

const classicKeys = ["CHAMPIONS", "LOYAL_CUSTOMERS", "POTENTIAL_LOYALISTS", "AT_RISK", "CHURN_RISK"];

/** Every Query field that takes a condition on the country or the segment. */
const asking = (where: string) => [
  `{ kpis(where: ${where}) { orders } }`,
  `{ kpis(where: ${where}) { currency } }`,
  `{ revenueByMonth(where: ${where}) { month orders } }`,
  `{ revenueByCountry(where: ${where}) { country } }`,
  `{ segments(where: ${where}) { key orders } }`,
  `{ cohorts(where: ${where}) { month size } }`,
  `{ customers(where: ${where}) { totalCount nodes { id } } }`,
  `{ churnRisk(where: ${where}) { totalCount nodes { id } } }`,
  `{ factSales(where: ${where}) { totalCount nodes { id } } }`,
];

export function askUnderScopes({ server, sql }: RealShop): void {
  describe("as country_manager of France and Germany", () => {
    const manager = managerOf("France", "Germany");
    const file = () => reference("france_germany_by_month_segment");
    type Segment = { key: string; customers: number; orders: number; grossRevenue: string };

    test("segments are france_germany_by_month_segment.csv, row by row", async () => {
      const months = [...new Set(file().map(({ month }) => month))];
      expect(months).toHaveLength(13);
      const cells = months.flatMap((month) => ["France", "Germany"].map((country) => ({ month, country })));
      const aliases = cells.map(
        ({ month, country }) => `${country}${month.replace("-", "")}: segments(
          where: { country: { eq: "${country}" }, month: { eq: "${month}" }, customerType: IDENTIFIED }
        ) { key customers orders grossRevenue }`,
      );
      const data = await server().dataOf<Record<string, Segment[]>>(manager, `{ ${aliases.join(" ")} }`);
      for (const { month, country } of cells) {
        const rows = file().filter((row) => row.month === month && row.country === country);
        expect(data[`${country}${month.replace("-", "")}`]).toEqual(
          [...classicKeys, "GUEST", "UNSCORED"].map((key) => {
            const row = rows.find(({ segment }) => segment === key);
            return {
              key,
              customers: Number(row?.customers ?? 0),
              orders: Number(row?.orders ?? 0),
              grossRevenue: exact(row?.gross ?? "0"),
            };
          }),
        );
      }
    });

    test("segments are its sums over months and countries, guests on top", async () => {
      const { segments, kpis, me } = await server().dataOf<{
        segments: Segment[];
        kpis: { grossRevenue: string; orders: number };
        me: { countries: string[] };
      }>(
        manager,
        "{ segments { key customers orders grossRevenue } kpis { grossRevenue orders } me { countries segments } }",
      );
      const buyers = await sql<{ id: string }>(
        `SELECT DISTINCT customer_key AS id FROM fact_sales
         WHERE NOT guest AND country IN ('France', 'Germany') AND ${isSale}`,
      );
      const [guests] = await sql<{ lines: number; orders: number; gross: string }>(
        `SELECT count(*)::int AS lines, count(DISTINCT invoice)::int AS orders, sum(quantity * unit_price)::text AS gross
         FROM fact_sales WHERE guest AND country IN ('France', 'Germany') AND ${isSale}`,
      );
      expect(guests).toMatchObject({ lines: 66, gross: expect.stringMatching(/^691\.060*$/) });
      const segmentOf = new Map(reference("rfm_customers").map((row) => [row.customer_id, row.classic]));
      expect(segments).toEqual([
        ...classicKeys.map((key) => {
          const rows = file().filter(({ segment }) => segment === key);
          return {
            key,
            customers: buyers.filter(({ id }) => segmentOf.get(id) === key).length,
            orders: countOf(rows.map(({ orders }) => orders)),
            grossRevenue: decimal(sumOf(rows.map(({ gross }) => gross))),
          };
        }),
        { key: "GUEST", customers: 0, orders: guests?.orders, grossRevenue: "691.06" },
        { key: "UNSCORED", customers: 0, orders: 0, grossRevenue: "0" },
      ]);
      expect(kpis.grossRevenue).toBe(decimal(sumOf(segments.map(({ grossRevenue }) => grossRevenue))));
      expect(kpis.orders).toBe(segments.reduce((orders, segment) => orders + segment.orders, 0));
      expect(me).toEqual({ countries: ["France", "Germany"], segments: null });
    });

    test.each(["France", "Germany"])("revenueByMonth of %s, by `where` and by the token", async (country) => {
      const months = [...new Set(file().map(({ month }) => month))].toSorted();
      const expected = months.map((month) => {
        const rows = file().filter((row) => row.month === month && row.country === country);
        return {
          month,
          grossRevenue: decimal(sumOf(rows.map(({ gross }) => gross))),
          orders: countOf(rows.map(({ orders }) => orders)),
          customers: countOf(rows.map(({ customers }) => customers)),
        };
      });
      const by = (where: string) =>
        `{ revenueByMonth(where: { ${where} customerType: IDENTIFIED }) { month grossRevenue orders customers } }`;
      const restricted = await server().dataOf(manager, by(`country: { eq: "${country}" }`));
      expect(restricted).toEqual({ revenueByMonth: expected });
      expect(await server().dataOf(managerOf(country), by(""))).toEqual({ revenueByMonth: expected });
    });

    test("revenueByCountry shows these countries as anyone sees them", async () => {
      const query = "{ revenueByCountry { country grossRevenue netRevenue orders customers units } }";
      type Countries = { revenueByCountry: { country: string }[] };
      const all = await server().dataOf<Countries>(admin, query);
      expect(await server().dataOf<Countries>(manager, query)).toEqual({
        revenueByCountry: all.revenueByCountry.filter(({ country }) => ["France", "Germany"].includes(country)),
      });
    });

    test("a country outside is refused byte for byte like one that does not exist", async () => {
      for (const query of asking('{ country: { eq: "Spain" } }')) {
        const [spain, atlantis, both] = await Promise.all(
          [query, query.replace("Spain", "Atlantis"), query.replace('eq: "Spain"', 'in: ["France", "Spain"]')].map(
            (text) => server().ask(manager, text),
          ),
        );
        expect(spain, query).toMatchObject({ data: null, codes: ["FORBIDDEN"] });
        expect([atlantis?.status, atlantis?.body], query).toEqual([spain?.status, spain?.body]);
        expect(both?.body, query).toBe(spain?.body);
      }
    });
  });

  describe("each customer of two_country_customers.csv", () => {
    const fields = `id country countries orders grossRevenue segmentKey rfm { code }
      sales(first: 1000) { totalCount nodes { country } }`;
    const one = `query ($id: ID!) { customer(id: $id) { ${fields} } }`;
    type Shown = {
      customer: Record<string, unknown> & { sales: { totalCount: number; nodes: { country: string }[] } };
    };

    test("shows under one country only its orders and revenue, and that country", async () => {
      const file = reference("two_country_customers");
      expect(file).toHaveLength(16);
      for (const row of file) {
        const here = await server().dataOf<Shown>(managerOf(row.country), one, { id: row.customer_id });
        const scores = reference("rfm_customers").find(({ customer_id }) => customer_id === row.customer_id);
        expect(here.customer).toMatchObject({
          id: row.customer_id,
          country: row.country,
          countries: [row.country],
          orders: Number(row.orders),
          grossRevenue: exact(row.gross),
          segmentKey: scores?.classic,
          rfm: { code: `${scores?.r}${scores?.f}${scores?.m}` },
        });
        const { totalCount, nodes } = here.customer.sales;
        expect(nodes.length).toBe(totalCount);
        expect(nodes.every(({ country }) => country === row.country)).toBe(true);

        const rows = file.filter(({ customer_id }) => customer_id === row.customer_id);
        const whole = await server().dataOf<Shown>(admin, one, { id: row.customer_id });
        expect(whole.customer).toMatchObject({
          countries: rows.map(({ country }) => country).toSorted(),
          orders: countOf(rows.map(({ orders }) => orders)),
          grossRevenue: decimal(sumOf(rows.map(({ gross }) => gross))),
        });
        const elsewhere = await server().ask(managerOf("Japan"), one, { id: row.customer_id });
        const unknown = await server().ask(managerOf("Japan"), one, { id: "no such customer" });
        expect(elsewhere).toMatchObject({ data: { customer: null }, body: unknown.body });
      }
    });

    test("is restricted by `where` alike: 12417 has 8 orders in Belgium, 1 in Spain, 9 in all", async () => {
      type List = { customers: { nodes: { id: string; orders: number; grossRevenue: string }[] } };
      const of = async (where: string, asker = admin) => {
        const query = `{ customers(first: 1000${where}) { nodes { id orders grossRevenue } } }`;
        const { customers } = await server().dataOf<List>(asker, query);
        return customers.nodes.find(({ id }) => id === "12417");
      };
      const belgium = { id: "12417", orders: 8, grossRevenue: "3212.8" };
      const spain = { id: "12417", orders: 1, grossRevenue: "436.3" };
      expect(await of(', where: { country: { eq: "Belgium" } }')).toEqual(belgium);
      expect(await of(', where: { country: { eq: "Spain" } }')).toEqual(spain);
      expect(await of("", managerOf("Belgium"))).toEqual(belgium);
      expect(await of("", managerOf("Spain"))).toEqual(spain);
      expect(await of("")).toMatchObject({ orders: 9 });
    });
  });

  describe("as crm", () => {
    const kept = () => reference("rfm_customers").filter(({ classic }) => ["AT_RISK", "CHURN_RISK"].includes(classic));

    test("a customer of CHAMPIONS is byte for byte like one that does not exist, and so is every other hidden one", async () => {
      const one = "query ($id: ID!) { customer(id: $id) { id orders country name segmentKey sales { totalCount } } }";
      const unknown = await server().ask(crm, one, { id: "no such customer" });
      expect(unknown).toMatchObject({ status: 200, data: { customer: null }, codes: [] });
      const [unscored] = await sql<{ id: string }>(
        `SELECT customer_key AS id FROM fact_sales WHERE NOT guest GROUP BY customer_key
         HAVING count(*) FILTER (WHERE ${isSale}) = 0 LIMIT 1`,
      );
      const hidden = classicKeys
        .slice(0, 3)
        .map((key) => reference("rfm_customers").find(({ classic }) => classic === key)?.customer_id);
      for (const id of [...hidden, unscored?.id]) {
        expect(id).toBeTypeOf("string");
        expect((await server().ask(crm, one, { id })).body).toBe(unknown.body);
        expect(await server().dataOf(admin, one, { id })).toMatchObject({ customer: { id } });
      }
      for (const { customer_id: id } of [kept()[0], kept().at(-1)].flatMap((row) => row ?? []))
        expect(await server().dataOf(crm, one, { id })).toMatchObject({ customer: { id } });
    });

    test("kpis are the sums of the two segments' rows", async () => {
      const rows = reference("segments").filter(
        ({ scheme, segment }) => scheme === "classic" && ["AT_RISK", "CHURN_RISK"].includes(segment),
      );
      expect(
        await server().dataOf(
          crm,
          "{ kpis { grossRevenue orders customers newCustomers units } customers { totalCount } }",
        ),
      ).toEqual({
        kpis: {
          grossRevenue: decimal(sumOf(rows.map(({ revenue }) => revenue))),
          orders: countOf(rows.map(({ orders }) => orders)),
          customers: 2_233,
          newCustomers: 2_233,
          units: countOf(kept().map(({ units }) => units)),
        },
        customers: { totalCount: 2_233 },
      });
    });

    test.each(["CLASSIC", "EXECUTIVE", "DETAILED"])("segments of %s hold these customers alone", async (scheme) => {
      const column = scheme.toLowerCase() as "classic" | "executive" | "detailed";
      const { segments } = await server().dataOf<{ segments: { key: string }[] }>(
        crm,
        "query ($scheme: SegmentScheme) { segments(scheme: $scheme) { key customers orders grossRevenue } }",
        { scheme },
      );
      const keys = [...new Set(kept().map((row) => row[column]))];
      expect(segments.map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
      for (const segment of segments) {
        const rows = kept().filter((row) => row[column] === segment.key);
        expect(segment).toEqual({
          key: segment.key,
          customers: rows.length,
          orders: countOf(rows.map(({ orders }) => orders)),
          grossRevenue: decimal(sumOf(rows.map(({ monetary }) => monetary))),
        });
      }
    });

    test("churnRisk is what anyone sees of these segments, for every customer kept is whole", async () => {
      const shown = "totalCount nodes { id orders netRevenue countries outlook { noOrderProbability revenueAtRisk } }";
      const own = `{ churnRisk(first: 1000) { ${shown} } }`;
      const picked = `{ churnRisk(first: 1000, where: { segment: { in: [AT_RISK, CHURN_RISK] } }) { ${shown} } }`;
      expect(await server().dataOf(crm, own)).toEqual(await server().dataOf(admin, picked));
    });

    test("a hidden segment is refused by name, alone or beside a visible one, for every field", async () => {
      for (const key of ["CHAMPIONS", "LOYAL_CUSTOMERS", "GUEST", "UNSCORED"]) {
        for (const condition of [`eq: ${key}`, `in: [AT_RISK, ${key}]`])
          for (const query of asking(`{ segment: { ${condition} } }`)) {
            const { data, codes } = await server().ask(crm, query);
            expect({ query, data, codes }).toEqual({ query, data: null, codes: ["FORBIDDEN"] });
          }
      }
    });

    test("no country is hidden from it by name: one without a visible line is like one that does not exist", async () => {
      const visible = await server().dataOf<{ revenueByCountry: { country: string }[] }>(
        crm,
        "{ revenueByCountry { country } }",
      );
      const seen = visible.revenueByCountry.map(({ country }) => country);
      const empty = reference("revenue_by_country").find(({ country }) => !seen.includes(country));
      if (!empty) throw new Error("Every country has a visible line.");
      expect(thousandths(empty.gross_all)).toBeGreaterThan(0n);
      for (const query of asking(`{ country: { eq: "${empty.country}" } }`)) {
        const { body, codes } = await server().ask(crm, query);
        const unknown = await server().ask(crm, query.replace(empty.country, "Atlantis"));
        expect({ codes, body }, query).toEqual({ codes: [], body: unknown.body });
      }
    });
  });

  describe("what does not exist, and who is not known", () => {
    test("an unrestricted role gets an empty answer for a country that does not exist", async () => {
      const where = '(where: { country: { eq: "Atlantis" } })';
      const data = await server().dataOf<Record<string, unknown>>(
        admin,
        `{ kpis${where} { grossRevenue orders customers averageOrderValue } revenueByCountry${where} { country }
           revenueByMonth${where} { grossRevenue } segments${where} { orders } cohorts${where} { size }
           customers${where} { totalCount nodes { id } } churnRisk${where} { totalCount nodes { id } }
           factSales${where} { totalCount nodes { id } } }`,
      );
      const none = { totalCount: 0, nodes: [] };
      expect(data).toEqual({
        kpis: { grossRevenue: "0", orders: 0, customers: 0, averageOrderValue: null },
        revenueByCountry: [],
        revenueByMonth: Array.from({ length: 13 }, () => ({ grossRevenue: "0" })),
        segments: Array.from({ length: 7 }, () => ({ orders: 0 })),
        cohorts: Array.from({ length: 13 }, () => ({ size: 0 })),
        customers: none,
        churnRisk: none,
        factSales: none,
      });
    });

    test("without a token, or with a token of someone else's making, nobody is answered", async () => {
      const forged = `Bearer ${await signToken("f".repeat(32), { role: "admin", expiresIn: 600 })}`;
      for (const header of [undefined, "", "Bearer", "Bearer nonsense", "Basic YWRtaW46YWRtaW4=", forged]) {
        const reply = await server().askWith(header, "{ kpis { grossRevenue } me { role } }");
        expect(reply).toMatchObject({ status: 401, data: undefined, codes: ["UNAUTHENTICATED"], statements: 0 });
      }
    });
  });
}
