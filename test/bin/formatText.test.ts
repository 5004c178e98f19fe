// What the command line prints: errors, the load report, the greeting, the status. Held as text, since people and scripts read it.
import { InvalidArgumentError } from "commander";
import { describe, expect, test } from "vitest";
import { formatError } from "../../bin/formatError.ts";
import { formatLoadReport, formatLoadReportJson } from "../../bin/formatLoadReport.ts";
import { demoClaims, demoNote, describeLoaded, greeting, signedBy } from "../../bin/greeting.ts";
import { openDatabase } from "../../bin/openDatabase.ts";
import { parseClaims } from "../../bin/parseClaims.ts";
import { parseDuration } from "../../bin/parseDuration.ts";
import { parseCount, parseMonth, parseWhole } from "../../bin/parseSampleOptions.ts";
import type { Loaded } from "../../bin/readLoaded.ts";
import { formatStatus } from "../../bin/status.ts";
import type { LoadReport } from "../../etl/loadReport.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { toDecimal } from "../../src/kernel/decimal.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";

const lines = (...each: string[]) => `${each.join("\n")}\n`;

describe("an error", () => {
  test("is a line that says what is wrong, and one that says what to do", () => {
    const error = new Consumer360Error("PORT_TAKEN", "Port 4000 is in use.", { remedy: "Choose another." });
    expect(formatError(error, { withStack: false })).toBe(
      lines("consumer360: PORT_TAKEN Port 4000 is in use", "Choose another."),
    );
    expect(formatError(new Consumer360Error("FORBIDDEN", "No."), { withStack: false })).toBe(
      lines("consumer360: FORBIDDEN No"),
    );
  });

  test("has no full stop on its first line and one on its second, however it was written", () => {
    const shown = (message: string, remedy: string) =>
      formatError(new Consumer360Error("FILE_EMPTY", message, { remedy }), { withStack: false });
    expect(shown("a is empty", "Export it again")).toBe(
      lines("consumer360: FILE_EMPTY a is empty", "Export it again."),
    );
    expect(shown("2 are wrong:\n  A is.\n  B is.", "Mend them:\n  first this")).toBe(
      lines("consumer360: FILE_EMPTY 2 are wrong:", "  A is", "  B is", "Mend them:", "  first this"),
    );
    expect(shown("and so on...", "Really?")).toBe(lines("consumer360: FILE_EMPTY and so on...", "Really?"));
  });

  test("of another kind is one of ours, on one line, without a stack", () => {
    const fault = "This is a fault of ours; LOG_LEVEL=debug shows where it happened.";
    expect(formatError(new Error("broken\n  pipe"), { withStack: false })).toBe(
      lines("consumer360: INTERNAL broken | pipe", fault),
    );
    const nameless = Object.assign(new AggregateError([]), { code: "ECONNREFUSED" });
    expect(formatError(nameless, { withStack: false })).toBe(lines("consumer360: INTERNAL ECONNREFUSED", fault));
    expect(formatError("text", { withStack: false })).toBe(lines("consumer360: INTERNAL text", fault));
  });

  test("shows its stack and its causes where asked", () => {
    const error = new Consumer360Error("INTERNAL", "Outer.", { cause: new Error("Inner.") });
    expect(formatError(error, { withStack: true })).toMatch(/Outer\..*\n.*at .*caused by Error: Inner\..*\n.*at /s);
  });
});

const report: LoadReport = {
  status: "PUBLISHED",
  loadRunId: 7,
  snapshotId: 3,
  mode: "REPLACE",
  addedTo: null,
  files: [
    {
      name: "sales.csv",
      sha256: "00",
      bytes: 12,
      rows: 1005,
      header: ["InvoiceNo"],
      readAs: { layout: "online-retail", encoding: "utf8" },
    },
  ],
  account: { read: 1005, loaded: 1002, duplicate: 1, superseded: 0, rejected: 2, replaced: 60_000 },
  accountAmounts: {
    read: toDecimal("8910175.404"),
    loaded: toDecimal("8910173.404"),
    duplicate: toDecimal(2),
    superseded: toDecimal(0),
    replaced: toDecimal("1000"),
  },
  firstRejects: [
    { line: 2, column: "UnitPrice", code: "BAD_PRICE", raw: '1,A,"Mug",x' },
    { line: 9, column: null, code: "FIELD_COUNT", raw: "9\u001b[2J" },
  ],
  amounts: [
    { kind: "RETURN", lines: 2, amount: toDecimal("-1234.5") },
    { kind: "SALE", lines: 1000, amount: toDecimal("8911407.904") },
  ],
  warnings: [{ code: "EXTRA_COLUMNS", count: 1, message: "Columns that were not loaded: Note." }],
  models: null,
  stages: [
    { stage: "copy", seconds: 1.25 },
    { stage: "publish", seconds: 0.04 },
  ],
  seconds: 12.3,
};

describe("a load's report", () => {
  test("accounts for every row and every amount", () => {
    expect(formatLoadReport(report)).toBe(
      lines(
        "Published snapshot 3 from sales.csv in 12 s (load 7).",
        "It replaced the former snapshot and its 60,000 lines: this file alone is shown now.",
        "",
        "                    rows         amount",
        "  read             1,005  8,910,175.404",
        "  = loaded         1,002  8,910,173.404",
        "  + duplicate          1              2",
        "  + superseded         0              0",
        "  + rejected           2",
        "  lines replaced  60,000          1,000",
        "",
        "  kind    lines         amount",
        "  RETURN      2       -1,234.5",
        "  SALE    1,000  8,911,407.904",
        "",
        "  sales.csv: 1,005 rows; layout online-retail, encoding utf8",
        "",
        "Worth a look:",
        "  EXTRA_COLUMNS (1): Columns that were not loaded: Note.",
        "",
        "The rejected rows:",
        '  line 2, UnitPrice: BAD_PRICE: "1,A,\\"Mug\\",x"',
        '  line 9: FIELD_COUNT: "9\\u001b[2J"',
      ),
    );
  });

  test("lets no name of a file, a sheet or a column reach the terminal as it is", () => {
    const name = "a\u001b[2J\nPublished snapshot 9.csv";
    const hostile: LoadReport = {
      ...report,
      files: report.files.map((file) => ({ ...file, name, readAs: { sheet: name } })),
      warnings: [{ code: "EXTRA_COLUMNS", count: 1, message: `Columns that were not loaded: ${name}.` }],
    };
    const shown = formatLoadReport(hostile);
    expect(shown).not.toMatch(/[^\P{Cc}\n]/u);
    expect(shown.split("\n").filter((line) => line.startsWith("Published"))).toHaveLength(1);
    expect(formatLoadReport({ ...hostile, status: "UNCHANGED" }).trim()).not.toMatch(/\p{Cc}/u);
    const json = formatLoadReportJson({
      ...hostile,
      files: hostile.files.map((file) => ({ ...file, name: "\u009b2J" })),
    });
    expect(json).not.toMatch(/[^\P{Cc}\n]/u);
    expect(JSON.parse(json).files[0].name).toBe("\u009b2J");
    expect(formatError(new Consumer360Error("FILE_EMPTY", `${name} is empty`), { withStack: false })).toBe(
      lines("consumer360: FILE_EMPTY a\\u001b[2J", "Published snapshot 9.csv is empty"),
    );
  });

  test("says how many rejected rows it does not show, and nothing of what did not happen", () => {
    const many = { ...report, account: { ...report.account, rejected: 1234, replaced: 0 } };
    expect(formatLoadReport(many)).toContain("\nThe first 2 of 1,234 rejected rows:\n");
    expect(formatLoadReport(many)).not.toContain("It replaced");
    const none = { ...report, firstRejects: [], account: { ...report.account, rejected: 0, replaced: 1 } };
    expect(formatLoadReport(none)).not.toContain("rejected rows");
    expect(formatLoadReport(none)).toContain("the former snapshot and its 1 line:");
  });

  test("says what it was added to, and that the sample made room", () => {
    const added = { ...report, mode: "APPEND" as const, addedTo: 2 };
    expect(formatLoadReport(added)).toContain(
      "\nIt was added to what was there; 60,000 lines of invoices that came again were withdrawn.\n",
    );
    expect(formatLoadReport({ ...added, addedTo: null })).toContain(
      "\nIt replaced the former snapshot and its 60,000 lines:",
    );
  });

  test("as JSON holds the same, and the time of each stage", () => {
    const { firstRejects, ...rest } = report;
    expect(JSON.parse(formatLoadReportJson(report))).toEqual({ ...rest, rejects: firstRejects });
  });

  test("says that nothing changed", () => {
    expect(formatLoadReport({ ...report, status: "UNCHANGED" })).toBe(
      lines("Unchanged: sales.csv is what snapshot 3 was made of. Nothing was loaded. (12 s)"),
    );
  });

  test.each([
    ["0", "0"],
    ["-0.001", "-0.001"],
    ["999", "999"],
    ["1000", "1,000"],
    ["-12345678901234567890.123456", "-12,345,678,901,234,567,890.123456"],
  ])("money: %s is %s", (amount, text) => {
    const amounts = [{ kind: "SALE", lines: 1, amount: toDecimal(amount) }];
    expect(formatLoadReport({ ...report, amounts })).toMatch(new RegExp(`SALE +1 +${text}\n`));
  });
});

const loaded = {
  snapshot: {
    snapshotId: 3,
    loadRunId: 7,
    publishedAt: "2026-01-02T03:04:05.678Z",
    asOf: "2011-12-10",
    dataFrom: "2010-12-01",
    dataThrough: "2011-12-09",
    currency: "GBP",
  },
  lines: 541_909,
  customers: 4338,
} as Loaded;

describe("the greeting", () => {
  test("says where, what, and how to get in", () => {
    const text = greeting({
      origin: "http://127.0.0.1:4000",
      loaded,
      tokens: [
        { role: "admin", note: "everything", token: "aaa" },
        { role: "crm", note: "", token: "bbb" },
      ],
    });
    expect(text).toContain("http://127.0.0.1:4000/graphql");
    expect(text).toContain("Snapshot 3: 541,909 lines, 4,338 customers, 2010-12-01 to 2011-12-09, in GBP");
    expect(text).toContain("  admin: everything\n  aaa\n");
    expect(text).toContain("  crm\n  bbb\n");
    expect(text).toMatch(/\n {2}curl http:\/\/127\.0\.0\.1:4000\/graphql .*Bearer aaa' -d '\{"query":".*"\}'\n/);
  });

  test("without tokens, or without data, says what to do", () => {
    const text = greeting({ origin: "http://127.0.0.1:4000", loaded: null, tokens: [] });
    expect(text).toContain("Load a file: npx consumer360 load FILE");
    expect(text).toContain("npx consumer360 token --role NAME");
    expect(text).not.toMatch(/curl|Bearer/);
  });

  test.each([
    [{ secret: null, jwksUrl: null }, "Make a token with: npx consumer360 token --role NAME\n"],
    [{ secret: "s", jwksUrl: null }, "npx consumer360 token --role NAME, with the same AUTH_SECRET set\n"],
    [
      { secret: null, jwksUrl: "https://idp/keys" },
      "Tokens come from your identity provider; keys for machines: npx consumer360 key create --name NAME --role ROLE\n",
    ],
  ])("without tokens says where they come from: %j", (auth, way) => {
    const origin = "http://127.0.0.1:4000";
    expect(greeting({ origin, loaded, tokens: [], signedBy: signedBy(auth) })).toContain(way);
  });

  test("counts one as one", () => {
    expect(describeLoaded({ ...loaded, lines: 1, customers: 1 })).toContain(": 1 line, 1 customer, ");
  });

  test("each role is given something to see, and it is said what", () => {
    const { roles } = parsePolicy(
      `roles:
  admin: {countries: all, segments: all, customerLevel: true, operator: true}
  manager: {countries: $claims.lands, segments: all, customerLevel: true, mask: [customerName]}
  board: {countries: all, segments: [GUEST], customerLevel: false}
  both: {countries: $claims.lands, segments: $claims.keys, customerLevel: true}
  fixed: {countries: [Spain, Italy, France], segments: [GUEST], customerLevel: true}
  mixed: {countries: $claims.lands, segments: [GUEST], customerLevel: true}
  few: {countries: all, segments: all, customerLevel: false, minimumCustomers: 5}
  made_up: {countries: all, segments: all, customerLevel: true, members: [public, personal], mask: {customerName: pseudonym}}`,
      "p",
    );
    expect(roles.map((role) => [demoNote(role), demoClaims(role)])).toEqual([
      ["everything, row accounts", {}],
      ["France and Germany, without customerName", { lands: ["France", "Germany"] }],
      ["GUEST, no single customers", {}],
      [
        "AT_RISK and CHURN_RISK in France and Germany",
        { lands: ["France", "Germany"], keys: ["AT_RISK", "CHURN_RISK"] },
      ],
      ["GUEST in France, Italy and Spain", {}],
      ["GUEST in France and Germany", { lands: ["France", "Germany"] }],
      ["everything, three tables only (by month, country, segment), no figure of fewer than 5 customers", {}],
      ["everything, no figures, with a pseudonym for customerName", {}],
    ]);
  });
});

describe("the status", () => {
  test("says what is published, since when, by which load, and where", () => {
    expect(
      formatStatus({
        home: "/h",
        database: { kind: "embedded", place: "/h/postgres/data", wasRunning: false },
        published: { ...loaded, account: report.account, rollupsNotFilled: [] },
      }),
    ).toBe(
      lines(
        "Snapshot 3: 541,909 lines, 4,338 customers, 2010-12-01 to 2011-12-09, in GBP; as of 2011-12-10",
        "Published 2026-01-02T03:04:05.678Z by load 7: 1,005 rows read = 1,002 loaded + 1 duplicate + 0 superseded + 2 rejected",
        "Embedded PostgreSQL in /h/postgres/data, not running",
      ),
    );
  });

  test("says which rollups are not filled", () => {
    const published = { ...loaded, account: report.account, rollupsNotFilled: ["sales_cell", "customer_cell"] };
    expect(formatStatus({ home: "/h", database: null, published })).toContain(
      "rejected\nNot filled: sales_cell, customer_cell; the next table answers, slower, the same figures\n",
    );
  });

  test("says that there is nothing", () => {
    const nothing = "Nothing is published. Load a file: npx consumer360 load FILE";
    expect(formatStatus({ home: "/h", database: null, published: null })).toBe(
      lines(nothing, "No embedded PostgreSQL has been made in /h"),
    );
    expect(
      formatStatus({
        home: "/h",
        database: { kind: "external", place: "db:5432/c360", wasRunning: true },
        published: null,
      }),
    ).toBe(lines(nothing, "PostgreSQL at db:5432/c360"));
  });

  test.each([
    ["postgresql://me:secret@db.example:6543/c360?sslmode=require", "db.example:6543/c360"],
    ["postgres://me:secret@db/c360", "db:5432/c360"],
  ])("%s is shown as %s", async (databaseUrl, place) => {
    const opened = await openDatabase({ databaseUrl, readerDatabaseUrl: null, home: "/h" }, () => undefined);
    expect([opened.url, opened.place]).toEqual([databaseUrl, place]);
  });
});

describe("options", () => {
  test("claims are lists, joined where repeated", () => {
    expect(parseClaims("countries=France, Germany")).toEqual({ countries: ["France", "Germany"] });
    expect(parseClaims("countries=Spain", parseClaims("countries=France"))).toEqual({ countries: ["France", "Spain"] });
    expect(parseClaims("b=2", parseClaims("a=1"))).toEqual({ a: ["1"], b: ["2"] });
    expect(parseClaims("countries=")).toEqual({ countries: [] });
    expect(parseClaims(`countries=["X,Germany"," France "]`)).toEqual({ countries: ["X,Germany", " France "] });
    expect(parseClaims("rule=a=b")).toEqual({ rule: ["a=b"] });
    expect(parseClaims("toString=x")).toEqual({ toString: ["x"] });
  });

  test.each([
    "countries",
    "=France",
    "",
    "countries=France,,Spain",
    "countries=[1]",
    "countries=[",
    "role=admin",
    "exp=1",
  ])("--claim %j is refused", (text) => {
    expect(() => parseClaims(text)).toThrow(InvalidArgumentError);
  });

  test.each([
    ["90s", 90],
    ["30m", 1800],
    ["12h", 43_200],
    ["7d", 604_800],
  ])("--expires %s is %d s", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each(["", "0s", "12", "h", "-1h", "1.5h", "4000d", "1w", "999999999999h"])("--expires %j is refused", (text) => {
    expect(() => parseDuration(text)).toThrow(InvalidArgumentError);
  });

  test("numbers and months of the sample", () => {
    expect([parseWhole("0"), parseWhole("60000"), parseMonth("2024-02")]).toEqual([0, 60_000, "2024-02"]);
    expect(parseCount("1")).toBe(1);
    for (const text of ["", "0"]) expect(() => parseCount(text)).toThrow(InvalidArgumentError);
    for (const text of ["", "-1", "1e3", "1.5", " 1"]) expect(() => parseWhole(text)).toThrow(InvalidArgumentError);
    for (const text of ["", "2024", "2024-13", "2024-02-01"])
      expect(() => parseMonth(text)).toThrow(InvalidArgumentError);
  });
});
