// For rolesAndFields.test.ts: how many rows a role gets of each list and connection, and their totalCount, against the fixture's lines
// counted here: filtered to what the role keeps, and nothing computed but how many different ones there are.
import { expect, test } from "vitest";
import { keepsLine } from "../oracle/evaluate.ts";
import { lineValues } from "../oracle/lineValues.ts";
import { readShopLines, type ShopLine } from "../oracle/shopLines.ts";
import type { Role } from "./expectedVisibility.ts";
import { keptByRole } from "./keptByRole.ts";
import { decimal } from "./referenceFiles.ts";

type Ask = (
  query: string,
  variables?: Record<string, unknown>,
) => Promise<{ data: Record<string, unknown> | null | undefined; codes: readonly string[] }>;
type Counted = Readonly<{
  totalCount: number;
  nodes: readonly Record<string, unknown>[];
  edges: readonly Readonly<{ cursor: string }>[];
  pageInfo: Readonly<{ endCursor: string | null; hasNextPage: boolean }>;
}>;

const counted = (nodes: string) => `totalCount nodes { ${nodes} } edges { cursor } pageInfo { endCursor hasNextPage }`;

/** Fields of a metrics row by the dimension that they show, as the fixture's lines know it. */
const cuts = Object.entries(lineValues).map(([name, read]) => ({
  field: name === "customer" ? "customerId" : name,
  read,
  isPersonal: name === "customer",
}));

export function rowsOfRole(role: Role, ask: Ask): void {
  const all = readShopLines();
  const kept = all.filter((line) => keepsLine(keptByRole[role], line));
  const sold = kept.filter(({ kind }) => kind === "SALE");
  const customersOf = (lines: readonly ShopLine[]) =>
    [...new Set(lines.flatMap(({ customer }) => customer ?? []))].toSorted();
  const first = new Map<string, string>();
  for (const { customer, at } of sold)
    if (customer !== null && at < (first.get(customer) ?? "9")) first.set(customer, at);
  const seesCustomers = role !== "executive" && role !== "partner";

  async function dataOf<Data>(query: string, variables?: Record<string, unknown>): Promise<Data> {
    const { data, codes } = await ask(query, variables);
    expect(codes, query).toEqual([]);
    return data as Data;
  }

  /** The whole list at once, and again in pages of seven, each held against how many there are. */
  async function expectRows(field: string, where: string, show: string, wanted: readonly string[]): Promise<void> {
    const [name = ""] = show.split(" ");
    const shownBy = ({ nodes }: Counted) => nodes.map((node) => String(node[name]));
    const { whole } = await dataOf<{ whole: Counted }>(
      `{ whole: ${field}(first: 1000 ${where}) { ${counted(show)} } }`,
    );
    expect(shownBy(whole).toSorted()).toEqual([...wanted].toSorted());
    expect([whole.totalCount, whole.edges.length]).toEqual([wanted.length, wanted.length]);
    expect(whole.pageInfo.hasNextPage).toBe(false);

    const found: string[] = [];
    let after: string | null = null;
    do {
      const query = `query ($after: String) { page: ${field}(first: 7, after: $after ${where}) { ${counted(show)} } }`;
      const { page }: { page: Counted } = await dataOf(query, { after });
      expect(page.totalCount).toBe(wanted.length);
      expect(page.nodes).toHaveLength(Math.min(7, wanted.length - found.length));
      found.push(...shownBy(page));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(found).toEqual(shownBy(whole));
  }

  test("as many measures and dimensions as it may use", async () => {
    const { catalog } = await dataOf<{ catalog: Record<"measures" | "dimensions", unknown[]> }>(
      "{ catalog { measures { name } dimensions { name } } }",
    );
    // Eight measures and one dimension tell of single customers; three tables show ten measures, and a dimension each.
    const figures = role === "partner" ? [10, 3] : [23, 16];
    expect([catalog.measures.length, catalog.dimensions.length]).toEqual(seesCustomers ? [31, 17] : figures);
  });

  test("as many months as the data has, and its own countries", async () => {
    const { months, countries } = await dataOf<Record<"months" | "countries", unknown[]>>(
      "{ months: revenueByMonth { month } countries: revenueByCountry { country } }",
    );
    expect(months).toHaveLength(8);
    // For the partner: United Kingdom, the country of guests alone, and the others together.
    expect(countries).toHaveLength(role === "partner" ? 3 : new Set(kept.map(({ country }) => country)).size);
  });
  if (role === "partner") return;

  test("as many cohorts as months, and as many periods of each", async () => {
    const { cohorts } = await dataOf<{ cohorts: { retention: unknown[] }[] }>("{ cohorts { retention { period } } }");
    expect(cohorts.map(({ retention }) => retention.length)).toEqual([8, 8, 8, 8, 8, 8, 8, 8]);
  });

  const open = cuts.filter(({ isPersonal }) => !isPersonal || seesCustomers);
  test.each(open)("metrics by $field", async ({ field, read }) => {
    const values = new Set(kept.map((line) => String(read(line, first))));
    const { whole, page } = await dataOf<Record<"whole" | "page", Counted>>(
      `{ whole: metrics(first: 1000) { totalCount nodes { ${field} } } page: metrics(first: 1) { totalCount nodes { ${field} } } }`,
    );
    expect(new Set(whole.nodes.map((node) => String(node[field])))).toEqual(values);
    expect([whole.totalCount, whole.nodes.length]).toEqual([values.size, values.size]);
    expect([page.totalCount, page.nodes.length]).toEqual([values.size, 1]);
  });
  if (!seesCustomers) return;

  test("customers, whole and in pages", () => expectRows("customers", "", "id", customersOf(sold)));

  test("customers of each country and of each segment", async () => {
    for (const name of ["country", "segment"] as const)
      for (const value of new Set(kept.map((line) => line[name]))) {
        const written = name === "country" ? JSON.stringify(value) : value;
        const ids = customersOf(sold.filter((line) => line[name] === value));
        await expectRows("customers", `where: { ${name}: { eq: ${written} } }`, "id", ids);
      }
  });

  test("churnRisk, whole and in pages", () => {
    // All orders of the fixture lie in the year before its end, and of these customers none gave back as much as it bought.
    const hidden = new Set(customersOf(all.filter((line) => !keepsLine(keptByRole[role], line))));
    const worth = (id: string) =>
      all
        .filter(({ customer, kind }) => customer === id && (kind === "SALE" || kind === "RETURN"))
        .reduce((sum, { amount }) => sum + Number(decimal(amount)), 0);
    const whole = customersOf(sold).filter((id) => !hidden.has(id) && worth(id) > 0);
    return expectRows("churnRisk", "", "id", whole);
  });

  test("factSales, whole and in pages", () => {
    const amounts = kept.map(({ amount }) => decimal(amount));
    return expectRows("factSales", "", "amount product", amounts);
  });

  test("a customer's sales", async () => {
    const ids = customersOf(kept);
    const sales = "sales(first: 100) { totalCount nodes { invoice } edges { cursor } }";
    const found = await dataOf<Record<string, { sales: Counted }>>(
      `{ ${ids.map((id) => `c${id}: customer(id: "${id}") { ${sales} }`).join(" ")} }`,
    );
    for (const id of ids) {
      const lines = kept.filter(({ customer }) => customer === id);
      const { totalCount, edges, nodes = [] } = found[`c${id}`]?.sales ?? {};
      expect([totalCount, edges?.length], id).toEqual([lines.length, lines.length]);
      expect(nodes.map(({ invoice }) => invoice).toSorted()).toEqual(lines.map(({ invoice }) => invoice).toSorted());
    }
  });

  test.each([
    ["CLASSIC", "segment"],
    ["EXECUTIVE", "segmentExecutive"],
    ["DETAILED", "segmentDetailed"],
  ] as const)("the customers of each segment of %s", async (scheme, name) => {
    const { segments } = await dataOf<{ segments: { key: string; customersConnection: Counted }[] }>(
      `{ segments(scheme: ${scheme}) { key customersConnection(first: 1000) { ${counted("id")} } } }`,
    );
    for (const { key, customersConnection: found } of segments) {
      const ids = customersOf(sold.filter((line) => line[name] === key));
      expect(
        found.nodes.map(({ id }) => id),
        key,
      ).toEqual(ids);
      expect([found.totalCount, found.edges.length], key).toEqual([ids.length, ids.length]);
    }
    const listed = segments.flatMap(({ customersConnection }) => customersConnection.nodes.map(({ id }) => String(id)));
    expect(listed.toSorted()).toEqual(customersOf(sold));
  });
}
