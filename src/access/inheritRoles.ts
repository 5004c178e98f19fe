// From what each role states to what it is: a key that a role does not state is its parent's, and keeps the line where it was stated.
// What only shows once all is known, such as keys that do not go together, is judged here.
import type { RolePolicy } from "./policy.ts";
import { list, quote, type Report } from "./readYaml.ts";
import { type RoleKey, type RoleValues, roleDefaults, roleKeys, usualMembers } from "./roleValues.ts";

/** A role as it stands in the file, read and not yet judged. */
export type StatedRole = Readonly<{
  name: string;
  line: number;
  /** The node of its name. */
  at: unknown;
  inherits: string | null;
  values: Partial<RoleValues>;
  lines: Readonly<Partial<Record<RoleKey, number>>>;
  /** The nodes of its keys. */
  nodes: ReadonlyMap<RoleKey | "inherits", unknown>;
  /** Whether all of it could be read. */
  isClean: boolean;
}>;

/** Where a value was stated. */
export type Origin = Readonly<{ role: string; line: number }>;

export type TracedRole = Readonly<{
  role: RolePolicy;
  line: number;
  inherits: string | null;
  /** Null: the default. */
  origins: Readonly<Record<RoleKey, Origin | null>>;
}>;

type Whole = Readonly<{
  values: Partial<RoleValues>;
  origins: Partial<Record<RoleKey, Origin>>;
  isClean: boolean;
}>;

const required = ["countries", "segments", "customerLevel"] as const;

/** One for each role, in their order; where anything is reported, what is answered means nothing. */
export function inheritRoles(stated: readonly StatedRole[], report: Report): TracedRole[] {
  const wholes = new Map<string, Whole>();
  return stated.map((role) => {
    const whole = inherit(role, stated, wholes, report);
    wholes.set(role.name, whole);
    judgeMissing(role, report);
    if (whole.isClean) judgeTogether(role, whole.values, report);
    return trace(role, whole);
  });
}

function inherit(
  role: StatedRole,
  stated: readonly StatedRole[],
  wholes: ReadonlyMap<string, Whole>,
  report: Report,
): Whole {
  const parent = role.inherits === null ? noParent : wholes.get(role.inherits);
  // a name that could not be read is a fault already
  if (parent === undefined && role.inherits !== "") reportParent(role, stated, report);
  const { description: _, ...values } = parent?.values ?? {};
  const { description: __, ...origins } = parent?.origins ?? {};
  return {
    values: { ...values, ...role.values },
    origins: {
      ...origins,
      ...Object.fromEntries(Object.entries(role.lines).map(([key, line]) => [key, { role: role.name, line }])),
    },
    isClean: role.isClean && parent?.isClean === true,
  };
}

const noParent: Whole = Object.freeze({ values: {}, origins: {}, isClean: true });

function reportParent(role: StatedRole, stated: readonly StatedRole[], report: Report): void {
  const parent = role.inherits ?? "";
  const node = role.nodes.get("inherits");
  const say = (message: string, remedy: string) => report(node, `role ${quote(role.name)} ${message}`, remedy);
  if (!stated.some(({ name }) => name === parent)) {
    say(`inherits ${quote(parent)}, which is no role.`, "Name one role that stands above.");
    return;
  }
  const circle = circleFrom(role, stated);
  if (circle !== null) {
    const way = circle.length === 0 ? "" : ` by way of ${list(circle)}`;
    say(`inherits itself${way}.`, "End the circle: at least one of its roles must state its keys itself.");
  } else {
    say(`inherits ${quote(parent)}, which stands below it.`, "Put a role below the one that it inherits from.");
  }
}

/** The roles between a role and itself on its line of parents; null where the line ends. */
function circleFrom(role: StatedRole, stated: readonly StatedRole[]): string[] | null {
  const passed: string[] = [];
  let next = role.inherits;
  while (next !== null && next !== role.name) {
    const found: StatedRole | undefined = stated.find(({ name }) => name === next);
    if (found === undefined || passed.includes(found.name)) return null;
    passed.push(found.name);
    next = found.inherits;
  }
  return next === null ? null : passed;
}

/** A parent must be whole itself, so only a role without one can lack a key. */
function judgeMissing(role: StatedRole, report: Report): void {
  if (role.inherits !== null) return;
  for (const key of required) {
    if (role.nodes.has(key)) continue;
    report(
      role.at,
      `role ${quote(role.name)} lacks ${key}.`,
      "A role must state countries, segments and customerLevel, or inherit them: nothing is assumed.",
    );
  }
}

/** Keys that do not go together. Where a role states none of the two, the fault is its parent's and was reported there. */
function judgeTogether(role: StatedRole, stated: Partial<RoleValues>, report: Report): void {
  const values = complete(stated);
  const refuse = (keys: readonly RoleKey[], message: string, remedy: string) => {
    const own = keys.find((key) => role.nodes.has(key));
    if (own !== undefined) report(role.nodes.get(own), `role ${quote(role.name)}: ${message}`, remedy);
  };
  if (stated.customerLevel !== undefined && values.members.includes("personal") !== values.customerLevel) {
    refuse(
      ["members", "customerLevel"],
      values.customerLevel
        ? "members lacks personal, and customerLevel is true."
        : "members has personal, and customerLevel is false.",
      values.customerLevel
        ? "Put personal into members, or set customerLevel to false; mask holds names back."
        : "Take personal out of members, or set customerLevel to true.",
    );
  }
  if (stated.customerLevel === false && Object.keys(values.mask).length > 0) {
    refuse(
      ["mask", "customerLevel"],
      "customerLevel is false: there is no name to mask.",
      "Set mask to [], or leave it out where it is not inherited.",
    );
  }
  if (values.minimumCustomers === null) return;
  if (values.customerLevel) {
    refuse(
      ["minimumCustomers", "customerLevel"],
      "minimumCustomers cannot hold where customerLevel is true.",
      "Set customerLevel to false, or minimumCustomers to none.",
    );
  }
  if (values.operator) {
    refuse(
      ["minimumCustomers", "operator"],
      "minimumCustomers cannot hold where operator is true.",
      "Set operator to false, or minimumCustomers to none.",
    );
  }
  if (!values.members.includes("commercial")) {
    refuse(
      ["minimumCustomers", "members"],
      "minimumCustomers has nothing to hold where members lacks commercial.",
      "Put commercial into members, or set minimumCustomers to none.",
    );
  }
}

function trace(role: StatedRole, { values, origins }: Whole): TracedRole {
  const { mask, ...rest } = complete(values);
  return Object.freeze({
    role: Object.freeze({ name: role.name, ...rest, masks: mask }),
    line: role.line,
    inherits: role.inherits,
    origins: Object.freeze(
      Object.fromEntries(roleKeys.map((key) => [key, origins[key] ?? null])) as Record<RoleKey, Origin | null>,
    ),
  });
}

function complete(stated: Partial<RoleValues>): RoleValues {
  const { customerLevel = nothing.customerLevel } = stated;
  return { ...nothing, ...roleDefaults, members: usualMembers(customerLevel), ...stated };
}

/** Stands for what a role lacks, which is a fault: it shows nothing. */
const nothing = Object.freeze({
  countries: { kind: "only", values: [] },
  segments: { kind: "only", values: [] },
  customerLevel: false,
} as const);
