// Reads a file of expectations, as strictly as a policy: an expectation that is misspelt would be one that nothing can fail.
import { isMap, isScalar, isSeq, type Pair, type YAMLMap } from "yaml";
import { isCountryName } from "./isCountryName.ts";
import type { ExpectedFate, PolicyTest, PolicyTests } from "./policyTest.ts";
import { registeredClaims } from "./principal.ts";
import {
  entriesOf,
  knownEntriesOf,
  list,
  quote,
  type Report,
  readList,
  readText,
  readWhole,
  readYaml,
  type YamlFile,
} from "./readYaml.ts";
import {
  choiceOfCountries,
  choiceOfSegments,
  isSegmentKey,
  type RoleKey,
  type RoleValues,
  roleKeys,
  roleReaders,
} from "./roleValues.ts";

const valueKeys = roleKeys.filter((key) => key !== "description");
const fateKeys: readonly ExpectedFate[] = ["shown", "hidden", "null", "refused"];
const lineKeys = {
  seesCountry: { of: "countries", isSeen: true },
  hidesCountry: { of: "countries", isSeen: false },
  seesSegment: { of: "segments", isSeen: true },
  hidesSegment: { of: "segments", isSeen: false },
} as const;
const lineKeyNames = Object.keys(lineKeys) as (keyof typeof lineKeys)[];
const testKeys = ["name", "role", "claims", "expect"] as const;

/** `isField` knows the fields of the graph by `Type.field`; `fileName` is what errors call the file. Throws POLICY_INVALID. */
export function parsePolicyTests(text: string, fileName: string, isField: (name: string) => boolean): PolicyTests {
  const file = readYaml(text, fileName);
  const tests = readTests(file, isField);
  file.refuseFaults();
  return Object.freeze(tests);
}

const example = "The file must hold `tests:` and, under it, a list of tests, each with name, role and expect.";

function readTests(file: YamlFile, isField: (name: string) => boolean): PolicyTests {
  const { root, report } = file;
  if (!isMap(root)) {
    report(root, "the file is not a map.", example);
    return { policy: null, tests: [] };
  }
  if (root.has("roles") && !root.has("tests")) {
    report(
      root,
      "this is a policy, not a file of expectations.",
      "See whether it is in order: consumer360 policy check.",
    );
    return { policy: null, tests: [] };
  }
  const known = knownEntriesOf(root, ["policy", "tests"], "The keys of a file of expectations are", report);
  const policy = known.get("policy");
  const items = known.get("tests")?.value;
  if (!isSeq(items) || items.items.length === 0) report(items ?? root, "the file has no test.", example);
  const names = new Set<string>();
  const tests = (isSeq(items) ? items.items : []).flatMap((item) => {
    if (isMap(item)) return [readTest(item, names, file, isField)];
    report(item ?? items, "a test is not a map.", example);
    return [];
  });
  return { policy: policy === undefined ? null : readPolicyPath(policy, file), tests };
}

function readPolicyPath({ key, value }: Pair, { report, lineOf }: YamlFile): PolicyTests["policy"] {
  const path = readText("policy", value, report);
  if (path === "" && isScalar(value) && typeof value.value === "string")
    report(value, "policy names no file.", "Give its path from the folder of this file, or leave policy out.");
  return { path, line: lineOf(key) };
}

function readTest(
  test: YAMLMap,
  names: Set<string>,
  { report, lineOf }: YamlFile,
  isField: (name: string) => boolean,
): PolicyTest {
  const known = knownEntriesOf(test, testKeys, "A test's keys are", report);
  const readRequired = (key: "name" | "role"): string => {
    const pair = known.get(key);
    if (pair !== undefined) return readText(key, pair.value, report);
    report(test, `the test lacks ${key}.`, "A test must state name, role and expect.");
    return "";
  };
  const name = readRequired("name");
  if (names.has(name)) report(test, `the name ${quote(name)} stands twice.`, "Give each test a name of its own.");
  names.add(name);
  const claims = known.get("claims");
  return Object.freeze({
    name,
    line: lineOf(test),
    role: readRequired("role"),
    claims: claims === undefined ? {} : readClaims(claims, report),
    ...readExpect(test, known.get("expect"), isField, report),
  });
}

function readClaims(claims: Pair, report: Report): Readonly<Record<string, unknown>> {
  if (!isMap(claims.value)) {
    report(claims.key, "claims is not a map.", "Write claims as a map of names to what the token carries.");
    return {};
  }
  for (const [name, pair] of entriesOf(claims.value, report)) {
    if (registeredClaims.includes(name))
      report(pair.key, `the claim ${name} is no policy's.`, `Use claims other than ${list(registeredClaims)}.`);
  }
  return Object.freeze(claims.value.toJSON() as Record<string, unknown>);
}

function readExpect(
  test: YAMLMap,
  expect: Pair | undefined,
  isField: (name: string) => boolean,
  report: Report,
): Pick<PolicyTest, "values" | "fields" | "lines" | "notices"> {
  const node = expect?.value;
  if (!isMap(node) || node.items.length === 0) {
    report(expect?.key ?? test, "the test expects nothing.", "State under expect what the role must see, or must not.");
    return { values: {}, fields: [], lines: [], notices: null };
  }
  const keys = [...valueKeys, ...fateKeys, ...lineKeyNames, "notices"] as const;
  const known = knownEntriesOf(node, keys, "What can be expected is", report);
  const accepts = { countries: isCountryName, segments: isSegmentKey };
  const choices = { countries: choiceOfCountries, segments: choiceOfSegments };
  const notices = known.get("notices");
  return {
    values: readValues(known, report),
    fields: fateKeys.flatMap((fate) => {
      const pair = known.get(fate);
      if (pair === undefined) return [];
      const isName = (value: unknown): value is string => typeof value === "string" && isField(value);
      const fields = readFilledList(fate, pair.value, isName, "fields of the graph, as Type.field", report);
      return fields.map((field) => ({ field, fate }));
    }),
    lines: lineKeyNames.flatMap((key) => {
      const pair = known.get(key);
      if (pair === undefined) return [];
      const { of } = lineKeys[key];
      const values = readFilledList<string>(key, pair.value, accepts[of], choices[of], report);
      return values.map((value) => ({ ...lineKeys[key], value }));
    }),
    notices: notices === undefined ? null : readWhole("notices", notices.value, [0, 10], report),
  };
}

function readValues(known: ReadonlyMap<string, Pair>, report: Report): Partial<RoleValues> {
  const values: Partial<Record<RoleKey, unknown>> = {};
  for (const key of valueKeys) {
    const pair = known.get(key);
    if (pair === undefined) continue;
    const value = roleReaders[key](pair.value, report);
    if (value !== null && typeof value === "object" && "kind" in value && value.kind === "claim")
      report(
        pair.key,
        `${key} is expected as a claim.`,
        `State under claims what the token holds, and here which ${key} must result.`,
      );
    values[key] = value;
  }
  return Object.freeze(values) as Partial<RoleValues>;
}

/** An empty list would expect nothing. */
function readFilledList<Value extends string>(
  key: string,
  node: unknown,
  accepts: (value: unknown) => value is Value,
  choice: string,
  report: Report,
): readonly Value[] {
  if (isSeq(node) && node.items.length === 0) report(node, `${key} is empty.`, `Name ${choice}, or leave ${key} out.`);
  return readList(key, node, accepts, choice, report) ?? [];
}
