// Roles that inherit: what is kept, what is replaced, where each key was stated, and every way to inherit wrongly.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeRole } from "../../src/access/describeRole.ts";
import { parsePolicy, tracePolicy } from "../../src/access/parsePolicy.ts";
import { limitsOf, scopeOf } from "../../src/access/scopeOf.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";

/** Each without its remedy. */
function faultsOf(text: string): string[] {
  try {
    parsePolicy(text, "p");
  } catch (error) {
    if (error instanceof Consumer360Error) return error.message.split("\n").map(withoutRemedy);
    throw error;
  }
  throw new Error("The policy was accepted.");
}

const withoutRemedy = (line: string) => line.replace(/(?<=\.) .*/, "");

const all = "countries: all, segments: all, customerLevel: true";
const figures = "countries: all, segments: all, customerLevel: false";

const line = `roles:
  board:
    description: Reads figures.
    countries: $claims.lands
    segments: [AT_RISK, GUEST]
    customerLevel: false
    members: [public, commercial]
    mask: []
    minimumCustomers: 5
    limits: {rows: 100, requestsPerMinute: 60}
  france:
    inherits: board
    countries: [France]
    limits: {rows: 10}
  paris:
    inherits: france
    description: A part of France.
    minimumCustomers: none
    mask: {}
    operator: true`;

describe("a role that inherits", () => {
  test("keeps what it does not state, and replaces whole what it does", () => {
    const { roles } = parsePolicy(line, "p");
    expect(roles[1]).toEqual({
      ...roles[0],
      name: "france",
      description: "",
      countries: { kind: "only", values: ["France"] },
      limits: { rows: 10, requestsPerMinute: null, costPerMinute: null },
    });
    expect(roles[2]).toEqual({
      ...roles[1],
      name: "paris",
      description: "A part of France.",
      minimumCustomers: null,
      masks: {},
      operator: true,
    });
  });

  test("knows where each of its keys was stated", () => {
    const { traces, policy } = tracePolicy(line, "p");
    expect(traces.map(({ role }) => role)).toEqual(policy.roles);
    expect(traces[2]).toMatchObject({
      line: 15,
      inherits: "france",
      origins: {
        description: { role: "paris", line: 17 },
        countries: { role: "france", line: 13 },
        segments: { role: "board", line: 5 },
        customerLevel: { role: "board", line: 6 },
        members: { role: "board", line: 7 },
        mask: { role: "paris", line: 19 },
        operator: { role: "paris", line: 20 },
        minimumCustomers: { role: "paris", line: 18 },
        limits: { role: "france", line: 14 },
      },
    });
    // never inherited, and so stated nowhere
    expect(traces[1]?.origins).toMatchObject({ description: null, operator: null });
  });

  test("uses what its own customer level has, unless members are stated", () => {
    const text = `roles:
  board: {${figures}}
  owner: {inherits: board, customerLevel: true}
  clerk: {inherits: owner, members: [public, personal]}
  guest: {inherits: clerk, customerLevel: false, members: [public]}`;
    expect(parsePolicy(text, "p").roles.map(({ members }) => members)).toEqual([
      ["public", "commercial"],
      ["public", "commercial", "personal"],
      ["public", "personal"],
      ["public"],
    ]);
    expect(tracePolicy(text, "p").traces.map(({ origins }) => origins.members)).toEqual([
      null,
      null,
      { role: "clerk", line: 4 },
      { role: "guest", line: 5 },
    ]);
  });

  test("is described key by key, in the form of a policy and in words", () => {
    const traced = tracePolicy(line, "p").traces[1];
    expect(traced && describeRole(traced)).toEqual({
      role: "france",
      line: 11,
      description: "",
      inherits: "board",
      keys: [
        { key: "countries", value: ["France"], words: "France", from: { role: "france", line: 13 } },
        { key: "segments", value: ["AT_RISK", "GUEST"], words: "AT_RISK, GUEST", from: { role: "board", line: 5 } },
        { key: "customerLevel", value: false, words: "no", from: { role: "board", line: 6 } },
        {
          key: "members",
          value: ["public", "commercial"],
          words: "public, commercial",
          from: { role: "board", line: 7 },
        },
        {
          key: "mask",
          value: {},
          words: "none",
          from: { role: "board", line: 8 },
        },
        { key: "operator", value: false, words: "no", from: null },
        { key: "minimumCustomers", value: 5, words: "5 customers", from: { role: "board", line: 9 } },
        {
          key: "limits",
          value: { rows: 10, requestsPerMinute: null, costPerMinute: null },
          words: "rows of paged lists up to 10",
          from: { role: "france", line: 14 },
        },
      ],
    });
  });

  test("a name that could be misread stands in quotes", () => {
    const { traces } = tracePolicy(
      `roles: {r: {countries: ["X,Germany", "Z#", "O'Hare", "Côte d'Ivoire"], segments: $claims.keys, customerLevel: true}}`,
      "p",
    );
    const words = traces[0] && describeRole(traces[0]).keys.map((each) => each.words);
    expect(words?.slice(0, 2)).toEqual([`Côte d'Ivoire, O'Hare, "X,Germany", "Z#"`, "those of the token's claim keys"]);
  });

  test("without keys of its own sees what its parent sees, whatever that is", () => {
    const visible = (values: fc.Arbitrary<string>) =>
      fc.oneof(fc.constant("all"), fc.constant("$claims.some"), fc.array(values, { maxLength: 3 }));
    const limit = fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined });
    const keys = fc
      .record({
        countries: visible(fc.constantFrom("France", "X,Germany", "O'Brien", "all")),
        segments: visible(fc.constantFrom("AT_RISK", "GUEST", "UNSCORED")),
        members: fc.option(fc.constantFrom<string[]>(["public"], ["public", "commercial"]), {
          nil: undefined,
        }),
        mask: fc.option(fc.constantFrom([], ["customerName"], { customerName: "pseudonym" }), { nil: undefined }),
        cell: fc.constantFrom(
          { customerLevel: true, minimumCustomers: undefined },
          { customerLevel: true, minimumCustomers: undefined, operator: true },
          { customerLevel: false, minimumCustomers: undefined },
          { customerLevel: false, minimumCustomers: 5 },
        ),
        limits: fc.option(fc.record({ rows: limit, requestsPerMinute: limit, costPerMinute: limit }), {
          nil: undefined,
        }),
      })
      .map(({ cell, members, mask, ...rest }) => ({
        ...rest,
        ...cell,
        ...(mask && { mask: cell.customerLevel ? mask : [] }),
        ...(members && { members: cell.customerLevel ? [...members, "personal"] : members }),
      }))
      .filter(({ minimumCustomers, members }) => !minimumCustomers || members?.includes("commercial") !== false);
    const claims = fc.record({ some: fc.oneof(fc.constantFrom(["France"], ["GUEST"], []), fc.jsonValue()) });
    fc.assert(
      fc.property(keys, claims, (stated, claimed) => {
        const text = JSON.stringify({ roles: { parent: stated, child: { inherits: "parent" } } });
        const policy = parsePolicy(text, "p");
        const seenBy = (role: string) => {
          const { role: name, fingerprint, ...rest } = scopeOf(policy, { role, claims: claimed });
          return { name, fingerprint, rest, limits: limitsOf(policy, { role, claims: claimed }) };
        };
        const parent = seenBy("parent");
        const child = seenBy("child");
        expect(child.rest).toEqual(parent.rest);
        expect(child.limits).toEqual(parent.limits);
        expect([parent.name, child.name]).toEqual(["parent", "child"]);
        // the name is seen too, and so answers of the two are kept apart
        expect(child.fingerprint).not.toBe(parent.fingerprint);
      }),
    );
  });
});

describe("inheriting wrongly", () => {
  test.each<[string, string, string[]]>([
    ["no role", "  a: {inherits: b}", [`p:2: role "a" inherits "b", which is no role.`]],
    ["itself", "  a: {inherits: a}", [`p:2: role "a" inherits itself.`]],
    [
      "in a circle",
      "  a: {inherits: c}\n  b: {inherits: a}\n  c: {inherits: b}",
      [`p:2: role "a" inherits itself by way of c, b.`],
    ],
    ["from below", `  a:\n    inherits: b\n  b: {${all}}`, [`p:3: role "a" inherits "b", which stands below it.`]],
    [
      "into a circle below",
      "  a: {inherits: b}\n  b: {inherits: b}",
      [`p:2: role "a" inherits "b", which stands below it.`, `p:3: role "b" inherits itself.`],
    ],
    ["more than one", `  a: {${all}}\n  b: {inherits: [a]}`, [`p:3: role "b": inherits does not name a role.`]],
    ["nothing", `  a: {inherits: }`, [`p:2: role "a": inherits does not name a role.`]],
    [
      "from a role that is not whole: that one is at fault",
      "  a: {countries: all, segments: all}\n  b: {inherits: a}",
      [`p:2: role "a" lacks customerLevel.`],
    ],
  ])("%s", (_, roles, faults) => {
    expect(faultsOf(`roles:\n${roles}`)).toEqual(faults);
  });

  test.each<[string, string, string[]]>([
    [
      "a child takes customers away and keeps personal",
      `  a: {${all}, members: [public, personal]}\n  b:\n    inherits: a\n    customerLevel: false`,
      [`p:5: role "b": members has personal, and customerLevel is false.`],
    ],
    [
      "a child adds personal where there are no customers",
      `  a: {${figures}, members: [public]}\n  b:\n    inherits: a\n    members: [public, personal]`,
      [`p:5: role "b": members has personal, and customerLevel is false.`],
    ],
    [
      "a child takes customers in where members has been stated without personal",
      `  a: {${figures}, members: [public]}\n  b:\n    inherits: a\n    customerLevel: true`,
      [`p:5: role "b": members lacks personal, and customerLevel is true.`],
    ],
    [
      "a child takes personal away and keeps customers",
      `  a: {${all}}\n  b:\n    inherits: a\n    members: [public, commercial]`,
      [`p:5: role "b": members lacks personal, and customerLevel is true.`],
    ],
    [
      "a child takes the customers away and keeps their mask",
      `  a: {${all}, mask: [customerName]}\n  b:\n    inherits: a\n    customerLevel: false`,
      [`p:5: role "b": customerLevel is false: there is no name to mask.`],
    ],
    [
      "a child masks names where there are none",
      `  a: {${figures}}\n  b:\n    inherits: a\n    mask: {customerName: pseudonym}`,
      [`p:5: role "b": customerLevel is false: there is no name to mask.`],
    ],
    [
      "a child of small cells sees customers",
      `  a: {${figures}, minimumCustomers: 5}\n  b:\n    inherits: a\n    customerLevel: true`,
      [`p:5: role "b": minimumCustomers cannot hold where customerLevel is true.`],
    ],
    [
      "a child of small cells operates",
      `  a: {${figures}, minimumCustomers: 5}\n  b:\n    inherits: a\n    operator: true`,
      [`p:5: role "b": minimumCustomers cannot hold where operator is true.`],
    ],
    [
      "a child of small cells has no figures",
      `  a: {${figures}, minimumCustomers: 5}\n  b:\n    inherits: a\n    members: [public]`,
      [`p:5: role "b": minimumCustomers has nothing to hold where members lacks commercial.`],
    ],
    [
      "a fault of a parent is said once",
      `  a: {${all}, minimumCustomers: 5}\n  b: {inherits: a}\n  c: {inherits: b, operator: true}`,
      [
        `p:2: role "a": minimumCustomers cannot hold where customerLevel is true.`,
        `p:4: role "c": minimumCustomers cannot hold where operator is true.`,
      ],
    ],
    [
      "what cannot be read is not judged further",
      `  a: {countries: all, segments: all, customerLevel: maybe, members: [public, personal]}\n  b: {inherits: a, minimumCustomers: 5}`,
      [`p:2: role "a": customerLevel is neither true nor false.`],
    ],
  ])("keys that do not go together: %s", (_, roles, faults) => {
    expect(faultsOf(`roles:\n${roles}`)).toEqual(faults);
  });
});
