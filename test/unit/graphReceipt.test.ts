// The receipt of an answer as a function of what was asked, whatever took how long.
import { expect, test } from "vitest";
import { type AskedQuestion, receiptOf } from "../../src/graph/receiptOf.ts";
import type { IsoDate } from "../../src/kernel/calendar.ts";
import { everything, type Scope } from "../../src/model/scope.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";

const operator: Scope = { ...everything, role: "admin", fingerprint: "all" };

const facts: SnapshotFacts = {
  snapshotId: 7,
  generation: 1,
  loadRunId: 1,
  publishedAt: "2012-01-01T00:00:00.000Z",
  asOf: "2011-12-10" as IsoDate,
  dataFrom: "2010-12-01" as IsoDate,
  dataThrough: "2011-12-09" as IsoDate,
  currency: "GBP",
  recencyCuts: [],
  frequencyCuts: [],
  monetaryCuts: [],
  monetary: "grossRevenue",
  cutsOf: null,
  formerSnapshotId: null,
  rollups: [],
};

const asked = (text: string, later: boolean, ...sources: string[]): AskedQuestion => ({
  text,
  later,
  traces: [{ sql: `SELECT ${text}`, sources, notUsed: [] }],
});

const sqlOf = (questions: readonly AskedQuestion[]) =>
  receiptOf(facts, operator, questions).statements?.map(({ sql }) => sql);

test("names the snapshot, the policy and every source once, in order", () => {
  const { statements, ...receipt } = receiptOf(facts, operator, [
    asked("b", false, "sales_cell", "fact_sales"),
    asked("a", false, "fact_sales"),
  ]);
  expect(receipt).toEqual({
    snapshot: "7",
    asOf: "2011-12-10",
    dataFrom: "2010-12-01",
    dataThrough: "2011-12-09",
    publishedAt: "2012-01-01T00:00:00.000Z",
    policy: "all",
    scoped: false,
    notices: [],
    sources: ["fact_sales", "sales_cell"],
  });
  expect(statements).toHaveLength(2);
});

test.each<[string, Partial<Scope>]>([
  ["rows of other countries", { countries: ["France"] }],
  ["all rows", { segments: [] }],
  ["single customers", { customerLevel: false }],
  ["figures", { members: ["public", "personal"] }],
  ["what is personal", { members: ["public", "commercial"] }],
  ["names", { masks: { customerName: "pseudonym" } }],
  ["small cells", { minimumCustomers: 5 }],
])("says that %s are kept from the asker", (_, kept) => {
  expect(receiptOf(facts, { ...operator, ...kept }, []).scoped).toBe(true);
});

test("a bound is nothing that is kept, and notices are passed on", () => {
  const { scoped, notices } = receiptOf(facts, { ...operator, operator: false, mostRows: 10, notices: ["Look."] }, []);
  expect({ scoped, notices }).toEqual({ scoped: false, notices: ["Look."] });
});

test("statements are for operators", () => {
  expect(receiptOf(facts, { ...operator, operator: false }, [asked("a", false)])).not.toHaveProperty("statements");
});

test("statements come in the order of asking; those that waited for an answer in an order of their own", () => {
  const first = [asked("z", false), asked("y", false)];
  const [b, a] = [asked("b", true), asked("a", true)];
  const inOrder = ["SELECT z", "SELECT y", "SELECT a", "SELECT b"];
  expect(sqlOf([...first, b, a])).toEqual(inOrder);
  expect(sqlOf([...first, a, b])).toEqual(inOrder);
  expect(sqlOf([...first, a, b, a])).toEqual(inOrder);
});
