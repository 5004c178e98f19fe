// Ways around the rows that a role keeps: the same field under many names, edges that lead back to somebody hidden, ids that are guessed.
import { describe, expect, test } from "vitest";
import { isStorable } from "../../src/kernel/storableText.ts";
import { keepsLine } from "../oracle/evaluate.ts";
import { readShopLines, scope } from "../oracle/shopLines.ts";
import { type Asker, crm, managerOf } from "../server/demoServer.ts";
import { useAttackedShop } from "./useAttackedShop.ts";

const shop = useAttackedShop();
const lines = readShopLines();
const ids = [...new Set(lines.flatMap(({ customer }) => customer ?? []))].toSorted();

/** Roles of single customers that do not keep every row, and what they keep by hand. */
const narrow: readonly (readonly [string, Asker, ReturnType<typeof scope>])[] = [
  ["a manager of two countries", managerOf("France", "Belgium"), scope("two", ["France", "Belgium"], null)],
  ["a manager of one country", managerOf("Netherlands"), scope("one", ["Netherlands"], null)],
  ["the crm", crm, scope("crm", null, ["AT_RISK", "CHURN_RISK"])],
];

const customerFields = `id name country countries firstPurchaseDate lastPurchaseDate recencyDays orders grossRevenue cohortMonth
  segmentKey rfm { code } sales(first: 20) { totalCount nodes { id customerId country segmentKey invoice } }`;

/** Every value that an answer holds under one of these names, however deep. */
function valuesNamed(found: unknown, names: readonly string[]): Set<string> {
  const values = new Set<string>();
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== "object") return;
    for (const [name, inner] of Object.entries(value)) {
      if (names.includes(name)) for (const one of [inner].flat()) if (typeof one === "string") values.add(one);
      visit(inner);
    }
  };
  visit(found);
  return values;
}

describe.each(narrow)("%s", (_, asker, kept) => {
  const visible = lines.filter((line) => keepsLine(kept, line));
  const shown = new Set(visible.flatMap(({ customer }) => customer ?? []));
  const hidden = ids.filter((id) => !shown.has(id));
  const countries = new Set(visible.map(({ country }) => country));

  test("one field under many names gives what it gives under one, and costs as often", async () => {
    const fields = [
      "kpis { grossRevenue customers orders }",
      "revenueByCountry { country grossRevenue customers }",
      "churnRisk { totalCount nodes { id country } }",
      "segments { key customers customersConnection { totalCount nodes { id } } }",
      "customers(first: 1000) { totalCount nodes { id countries } }",
    ];
    for (const field of fields) {
      const { one } = await shop.dataOf<Record<string, unknown>>(asker, `{ one: ${field} }`);
      const two = await shop.dataOf<Record<string, unknown>>(asker, `{ a: ${field} b: ${field} ... { c: ${field} } }`);
      expect(two).toEqual({ a: one, b: one, c: one });
      const many = Array.from({ length: 31 }, (__, nth) => `a${nth}: ${field}`).join(" ");
      const { codes, statements } = await shop.ask(asker, `{ ${many} }`);
      expect(codes).toEqual(["QUERY_TOO_COSTLY"]);
      expect(statements.filter((text) => text.includes("figures"))).toEqual([]);
    }
  });

  test("no edge leads to a hidden customer, line, country or segment, however often it is gone back and forth", async () => {
    const back = (inner: string) => `segment { key customersConnection(first: 10) { totalCount nodes { ${inner} } } }`;
    const documents = [
      ...["CLASSIC", "EXECUTIVE", "DETAILED"].map(
        (scheme) =>
          `{ segments(scheme: ${scheme}) { key customersConnection(first: 10) { nodes { ${customerFields} ${back("id countries")} } } } }`,
      ),
      `{ churnRisk(first: 10) { nodes { ${customerFields} ${back(`id countries ${back("id country countries segmentKey")}`)} } } }`,
      `{ customers(first: 10) { edges { node { ${customerFields} ${back("id name countries sales(first: 5) { nodes { customerId country } }")} } } } }`,
      ...[...shown].map((id) => `{ customer(id: "${id}") { ${customerFields} ${back("id countries segmentKey")} } }`),
    ];
    const seen = new Set<string>();
    for (const document of documents) {
      const data = await shop.dataOf(asker, document);
      for (const id of valuesNamed(data, ["id", "customerId"])) if (ids.includes(id)) seen.add(id);
      for (const country of valuesNamed(data, ["country", "countries"])) expect(countries).toContain(country);
      for (const key of valuesNamed(data, ["segmentKey"])) expect(visible.map(({ segment }) => segment)).toContain(key);
      const invoices = valuesNamed(data, ["invoice"]);
      for (const invoice of invoices) expect(visible.map((line) => line.invoice)).toContain(invoice);
      for (const name of valuesNamed(data, ["name"]))
        if (name.startsWith("Name of ")) expect(shown).toContain(name.slice(8));
    }
    expect(seen).toEqual(shown);
  });

  test("a guessed id is answered alike whether somebody hidden has it or nobody, by the same statements", async () => {
    const query = `query ($id: ID!) { customer(id: $id) { ${customerFields} segment { key customers } } }`;
    const nobody = await shop.ask(asker, query, { id: "99999" });
    expect(nobody.data).toEqual({ customer: null });
    expect(nobody.statements.length).toBeGreaterThan(0);
    const [one = ""] = shown;
    const odd = [
      ...["", " ", "0", "-1", "null", "*", "%", "_", "NaN", "undefined", "[object Object]", "true"],
      ...[` ${one}`, `${one} `, `${one}\n`, `0${one}`, `${one}.0`, `+${one}`, `${one}\0`, `\uFEFF${one}`],
      ...[
        one.replaceAll("1", "\uFF11"),
        `${one}' OR '1'='1`,
        `${one}","12001`,
        `{${one}}`,
        "\ud800",
        "9".repeat(10_000),
      ],
      ...["GUEST", "500006", "12002 12003", "Germany"],
    ];
    expect(hidden.length).toBeGreaterThan(9);
    for (const id of [...hidden, ...odd]) {
      const { body, statements } = await shop.ask(asker, query, { id });
      expect(body, id).toBe(nobody.body);
      if (isStorable(id)) expect(statements, id).toEqual(nobody.statements);
      else expect(statements, id).toHaveLength(nobody.statements.length);
    }
    // Written out, also as a number, and beside somebody visible.
    const [first = ""] = hidden;
    const bodies = [`"${first}"`, first, '"99999"', "99999"].map(async (id) => {
      const { body } = await shop.ask(asker, `{ a: customer(id: ${id}) { id name } b: customer(id: "${one}") { id } }`);
      return body;
    });
    expect(new Set(await Promise.all(bodies)).size).toBe(1);
  });

  test("nor does a filter by a guessed id tell one from the other", async () => {
    const documents = [
      ...["kpis { orders grossRevenue customers }", "revenueByCountry { country }", "segments { key customers }"],
      ...["revenueByMonth { month orders previous { orders } }", "cohorts { month size }"],
      ...["metrics { totalCount nodes { customerId orders lines } totals { lines } }", "metrics { nodes { product } }"],
      ...["factSales { totalCount nodes { id } pageInfo { endCursor hasNextPage } }"],
      ...["metrics(spine: true) { totalCount nodes { month orders previous { orders } } }"],
    ].map((field) => {
      const [name = "", ...rest] = field.split(/(?=[ (])/);
      const args = rest[0]?.startsWith("(")
        ? "(spine: true, where: { customerId: $id })"
        : "(where: { customerId: $id })";
      return `query ($id: IDFilter) { ${name}${args} ${rest.join("").replace(/^\(.*?\)/, "")} }`;
    });
    for (const document of documents) {
      const nobody = await shop.ask(asker, document, { id: { eq: "99999" } });
      expect(nobody.errors).toEqual([]);
      for (const id of [hidden[0], hidden.at(-1), "12001'"]) {
        const { body, statements } = await shop.ask(asker, document, { id: { eq: id } });
        expect({ id, body, statements }).toEqual({ id, body: nobody.body, statements: nobody.statements });
      }
      const among = await shop.ask(asker, document, { id: { in: [...hidden, "99999"] } });
      expect(among.body).toBe((await shop.ask(asker, document, { id: { in: ["88888", "99999"] } })).body);
    }
  });
});

test("a customer of two countries is, for either manager, a customer of one", async () => {
  const query = `{ customer(id: "12002") { country countries cohortMonth orders sales(first: 50) { nodes { country } } } }`;
  for (const country of ["France", "Germany"]) {
    const its = lines.filter((line) => line.customer === "12002" && line.country === country);
    const { customer } = await shop.dataOf<{ customer: Record<string, unknown> }>(managerOf(country), query);
    expect(customer).toMatchObject({ country, countries: [country] });
    expect(valuesNamed(customer.sales, ["country"])).toEqual(new Set([country]));
    expect(customer.orders).toBe(new Set(its.filter(({ kind }) => kind === "SALE").map(({ invoice }) => invoice)).size);
    expect(customer.cohortMonth).toBe(its.map(({ at }) => at.slice(0, 7)).toSorted()[0]);
  }
});
