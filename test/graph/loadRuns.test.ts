// Loads in the graph: for operators, newest first, whatever snapshot is published; what they amount to and the text of rejected rows only for
// an operator who sees every line and every name; as many statements as the document has levels.
import { describe, expect, test } from "vitest";
import type { Scope } from "../../src/model/scope.ts";
import { adminScope } from "../support/testWarehouse.ts";
import { useGraph } from "./useGraph.ts";

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
const good = "1001,P1,CUP,2,3/13/2011 9:00,2.5,bo,Belgium";
const bad = ["1002,P1,CUP,two,3/13/2011 9:00,2.5,bo,Belgium", '1003,P2,"A ""CUP""",1,13/40/2011,2.5,cy,France'];
const fileOf = (...rows: string[]) => `${[header, ...rows].join("\n")}\n`;

const { answer, dataOf, warehouse } = useGraph(async ({ loadText, owner }) => {
  await loadText(fileOf(good, ...bad), { maxRejects: 1 });
  await loadText(fileOf(...bad), { maxRejects: 1 }).catch(() => undefined);
  for (let rows = 1; rows <= 3; rows += 1) await loadText(fileOf(...Array<string>(rows).fill(good)));
  await owner.query(
    `UPDATE load_run SET warnings = '[{"code": "ODD", "count": 2, "message": "Odd."}]', amounts = '[{"kind": "SALE", "lines": 1, "amount": "5.10"}]' WHERE load_run_id = 1`,
  );
  await owner.query(
    `INSERT INTO load_run (started_at, status, mode, files, account, warnings, stages)
     VALUES ('2026-01-02 03:04:05.678+00', 'RUNNING', 'APPEND', '[]',
       '{"read":0,"loaded":0,"duplicate":0,"superseded":0,"rejected":0,"replaced":0}', '[]', '[]')`,
  );
});

const operator = (name: string, narrower: Partial<Scope>): Scope => ({ ...adminScope, ...narrower, fingerprint: name });
/** Operators who are kept from something. */
const kept = {
  ofCountry: operator("of a country", { countries: ["Belgium"] }),
  ofSegment: operator("of a segment", { segments: ["GUEST"] }),
  withoutNames: operator("without names", { masks: { customerName: "null" } }),
  withPseudonyms: operator("with pseudonyms", { masks: { customerName: "pseudonym" } }),
  withoutCustomers: operator("without customers", { customerLevel: false, members: ["public", "commercial"] }),
  withoutFigures: operator("without figures", { members: ["public", "personal"] }),
};

type Run = { id: string; rejects: { nodes: { raw: string | null }[]; pageInfo: { endCursor: string } } };
type Runs = { nodes: Run[]; pageInfo: { endCursor: string; hasNextPage: boolean } };
const runsIn = (data: unknown) => (data as { loadRuns: Runs }).loadRuns;
const runsOf = async (query: string, scope: Scope = adminScope, variables = {}) =>
  runsIn(await dataOf(query, scope, variables));

describe("what is on record", () => {
  test("a load that published, one that failed and one that is under way", async () => {
    const { nodes } = await runsOf(`{ loadRuns { totalCount nodes {
      id startedAt finishedAt status mode files { name sha256 bytes rows } snapshot errorCode errorMessage seconds stages { stage seconds }
      account { read loaded duplicate superseded rejected replaced } warnings { code count message } amounts { kind lines amount } } } }`);
    const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const none = { duplicate: 0, superseded: 0, replaced: 0 };
    expect(nodes.map(({ id }) => id)).toEqual(["6", "5", "4", "3", "2", "1"]);
    expect(nodes[5]).toEqual({
      ...{ id: "1", startedAt: instant, finishedAt: instant, status: "PUBLISHED", mode: "REPLACE", snapshot: "1" },
      files: [
        {
          name: "file-1.csv",
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          bytes: fileOf(good, ...bad).length,
          rows: 3,
        },
      ],
      account: { read: 3, loaded: 1, rejected: 2, ...none },
      amounts: [{ kind: "SALE", lines: 1, amount: "5.1" }],
      ...{
        warnings: [{ code: "ODD", count: 2, message: "Odd." }],
        errorCode: null,
        errorMessage: null,
        seconds: expect.any(Number),
      },
      stages: expect.arrayContaining([{ stage: "copy", seconds: expect.any(Number) }]),
    });
    expect(nodes[4]).toMatchObject({
      ...{ status: "FAILED", snapshot: null, errorCode: "NOTHING_TO_PUBLISH", finishedAt: instant },
      errorMessage: expect.stringContaining("None of the 2 rows"),
      account: { read: 2, loaded: 0, rejected: 2 },
    });
    expect(nodes[0]).toMatchObject({
      ...{ startedAt: "2026-01-02T03:04:05.678Z", finishedAt: null, status: "RUNNING", mode: "APPEND" },
      ...{ snapshot: null, stages: [], seconds: null, files: [], amounts: [] },
    });
  });

  test("rejected rows, by file and line, with the load that loaded them once they were mended", async () => {
    await warehouse().owner.query("UPDATE rejected_row SET settled_in = 5 WHERE load_run_id = 1 AND line = 4");
    const { nodes } = await runsOf(
      '{ loadRuns(id: "1") { nodes { rejects { totalCount nodes { file line column code raw settledIn } } } } }',
    );
    expect(nodes).toEqual([
      {
        rejects: {
          totalCount: 2,
          nodes: [
            { file: "file-1.csv", line: 3, column: "Quantity", code: "BAD_QUANTITY", raw: bad[0], settledIn: null },
            { file: "file-1.csv", line: 4, column: "InvoiceDate", code: "BAD_DATE", raw: bad[1], settledIn: "5" },
          ],
        },
      },
    ]);
  });

  test.each(["7", "0", "-1", "1.0", "x", "99999999999", "1 OR true", ""])("there is no load %j", async (id) => {
    const query = "query ($id: ID) { loadRuns(id: $id) { totalCount nodes { id } } }";
    expect(await dataOf(query, adminScope, { id })).toEqual({ loadRuns: { totalCount: 0, nodes: [] } });
  });

  test("also before anything is published", async () => {
    const { owner } = warehouse();
    const [published] = (await owner.query("DELETE FROM published_snapshot RETURNING snapshot_id")).rows;
    try {
      expect(await dataOf("{ loadRuns(first: 1) { nodes { id } } }")).toEqual({ loadRuns: { nodes: [{ id: "6" }] } });
    } finally {
      await owner.query("INSERT INTO published_snapshot VALUES (true, $1)", [published.snapshot_id]);
    }
  });

  test("the receipt says that they were read", async () => {
    const { receipt } = await answer("{ loadRuns(first: 1) { nodes { rejects(first: 1) { nodes { line } } } } }");
    expect(receipt?.sources).toEqual(["load_run", "rejected_row"]);
  });
});

describe("who sees what", () => {
  test.each(["analyst", "manager"])("%s, no operator: refused in the usual words", async (name) => {
    const { data, errors } = await answer(
      "{ loadRuns { totalCount } }",
      operator(name, { operator: false, countries: name === "manager" ? ["France"] : null }),
    );
    expect([data, errors]).toEqual([
      null,
      [
        {
          code: "FORBIDDEN",
          message: expect.stringMatching(/^This is outside of what you may see\./),
          remedy: undefined,
        },
      ],
    ]);
  });

  const texts = "{ loadRuns { nodes { id errorMessage amounts { amount } rejects { nodes { line code raw } } } } }";

  test.each(Object.entries(kept))("an operator %s: no text from the files", async (name, scope) => {
    const { data, codes, traces } = await answer(texts, scope);
    expect(codes).toEqual([]);
    const nodes = runsIn(data).nodes as (Run & { errorMessage: unknown; amounts: unknown })[];
    expect(nodes).toHaveLength(6);
    const rejects = nodes.flatMap((run) => run.rejects.nodes);
    expect(rejects).toHaveLength(4);
    expect(new Set(rejects.map(({ raw }) => raw))).toEqual(new Set([null]));
    expect(new Set(nodes.map(({ errorMessage }) => errorMessage))).toEqual(new Set([null]));
    const seesAmounts = ["withoutNames", "withPseudonyms", "withoutCustomers"].includes(name);
    expect(nodes[5]?.amounts).toEqual(seesAmounts ? [{ amount: "5.1" }] : null);
    for (const { sql } of traces) expect(sql).not.toContain("r.raw");
  });

  test("row security: without the operator's setting there is none, whoever asks", async () => {
    const { read } = warehouse();
    for (const table of ["load_run", "rejected_row"]) {
      const statement = { text: `SELECT count(*)::integer AS n FROM ${table}`, values: [] };
      const count = async (scope: Scope) => (await read.readPublished(statement, scope))[0]?.n;
      expect(await count(adminScope)).toBeGreaterThan(0);
      expect(await count({ ...adminScope, operator: false })).toBe(0);
    }
  });
});

describe("pages", () => {
  const page =
    "query ($after: String) { loadRuns(first: 2, after: $after) { nodes { id } pageInfo { endCursor hasNextPage hasPreviousPage } } }";

  test("go on from a cursor, whatever was published and begun in between", async () => {
    const first = await runsOf(page);
    expect(first.nodes.map(({ id }) => id)).toEqual(["6", "5"]);
    const { owner, loadText } = warehouse();
    await owner.query("DELETE FROM load_run WHERE load_run_id = 6");
    for (const rows of [4, 5, 6]) await loadText(fileOf(...Array<string>(rows).fill(good)));
    const after = first.pageInfo.endCursor;
    const second = await answer(`${page.slice(0, -1)} kpis { units } }`, adminScope, { after });
    expect(second.data).toMatchObject({ loadRuns: { nodes: [{ id: "4" }, { id: "3" }] }, kpis: { units: 12 } });
    const { pageInfo } = runsIn(second.data);
    const third = await runsOf(page, adminScope, { after: pageInfo.endCursor });
    expect([third.nodes.map(({ id }) => id), third.pageInfo.hasNextPage]).toEqual([["2", "1"], false]);
  });

  const rejectsPage =
    "query ($id: ID, $after: String) { loadRuns(id: $id) { nodes { rejects(first: 1, after: $after) { nodes { line } pageInfo { endCursor hasNextPage } } } } }";

  test("of rejected rows go on for their load alone", async () => {
    const first = await runsOf(rejectsPage, adminScope, { id: "1" });
    expect(first.nodes[0]?.rejects).toMatchObject({ nodes: [{ line: 3 }], pageInfo: { hasNextPage: true } });
    const after = first.nodes[0]?.rejects.pageInfo.endCursor;
    const second = await runsOf(rejectsPage, adminScope, { id: "1", after });
    expect(second.nodes[0]?.rejects).toMatchObject({ nodes: [{ line: 4 }], pageInfo: { hasNextPage: false } });
    for (const id of ["2", undefined])
      expect((await answer(rejectsPage, adminScope, { id, after })).errors).toEqual([
        expect.objectContaining({ code: "BAD_USER_INPUT", message: "`after` is a cursor of another question." }),
      ]);
  });

  test("a cursor of another list, another role or nobody is refused", async () => {
    const { loadRuns, customers } = await dataOf(
      "{ loadRuns(first: 1) { pageInfo { endCursor } } customers(first: 1) { pageInfo { endCursor } } }",
    );
    const [ofRuns, ofCustomers] = [loadRuns, customers].map((list) => (list as Runs).pageInfo.endCursor);
    const onCustomers = "query ($after: String) { customers(after: $after) { totalCount } }";
    expect((await answer(page, adminScope, { after: ofCustomers })).codes).toEqual(["BAD_USER_INPUT"]);
    expect((await answer(onCustomers, adminScope, { after: ofRuns })).codes).toEqual(["BAD_USER_INPUT"]);
    expect((await answer(page, kept.ofCountry, { after: ofRuns })).codes).toEqual(["BAD_USER_INPUT"]);
    expect((await answer(page, adminScope, { after: `${ofRuns}A` })).codes).toEqual(["BAD_USER_INPUT"]);
    expect((await answer(page, operator("none", { operator: false }), { after: ofRuns })).codes).toEqual(["FORBIDDEN"]);
  });

  test.each(["loadRuns(first: %)", "loadRuns { nodes { rejects(first: %)"])("bounds of %s", async (list) => {
    const ask = (first: number) =>
      answer(`{ ${list.replace("%", String(first))} { totalCount } ${list.includes("nodes") ? "} } }" : "}"}`);
    for (const first of [0, -1, 1_001]) {
      const { codes, errors } = await ask(first);
      expect(codes[0]).toBe("BAD_USER_INPUT");
      expect(errors[0]?.message).toContain("from 1 to 1,000");
    }
    for (const first of [1, 1_000]) expect((await ask(first)).codes).toEqual([]);
  });
});

describe("what it costs", () => {
  const document = (first: number) =>
    `{ loadRuns(first: ${first}) { totalCount nodes { id files { name } rejects { totalCount nodes { line raw } } } } }`;

  test("as many statements for one load as for all of them, two of each level", async () => {
    const [one, many] = await Promise.all([answer(document(1)), answer(document(1_000))]);
    expect([one.codes, many.codes]).toEqual([[], []]);
    // and one for the receipt's snapshot
    expect([one.publishedReads, many.publishedReads]).toEqual([5, 5]);
    expect([one.statements, many.statements]).toEqual([0, 0]);
  });

  test("pages of pages are refused before they are asked", async () => {
    const { codes, publishedReads } = await answer(
      "{ loadRuns(first: 1000) { nodes { rejects(first: 1000) { nodes { line } } } } }",
    );
    expect([codes, publishedReads]).toEqual([["QUERY_TOO_COSTLY"], 0]);
  });

  test("more text than an answer holds is refused by name, and can be had in smaller pages", async () => {
    const { owner } = warehouse();
    await owner.query(
      `INSERT INTO rejected_row (load_run_id, file, line, code, raw)
       SELECT 3, 'long.csv', line, 'ROW_TOO_LONG', repeat('x', 1000000) FROM generate_series(2, 11) AS line`,
    );
    const ask = (first: number, field: string) =>
      answer(`{ loadRuns(id: "3") { nodes { rejects(first: ${first}) { nodes { ${field} } } } } }`);
    const refused = await ask(100, "raw");
    expect(refused.errors).toEqual([
      {
        code: "QUERY_TOO_COSTLY",
        message: expect.stringContaining("10,000,000 bytes of text; the bound is 8,388,608."),
        remedy: expect.stringContaining("smaller pages"),
      },
    ]);
    expect((await ask(100, "line")).codes).toEqual([]);
    expect((await ask(5, "raw")).codes).toEqual([]);
  });
});
