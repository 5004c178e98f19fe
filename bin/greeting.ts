// What `start` and `serve` say once they are ready: where the graph is, what it holds, and, in the demo, a token for each role.
import type { RolePolicy, Visible } from "../src/access/policy.ts";
import type { AuthConfig } from "../src/server/readConfig.ts";
import { formatCounted } from "./formatProgress.ts";
import type { Loaded } from "./readLoaded.ts";

export type DemoToken = Readonly<{ role: string; note: string; token: string }>;

export function greeting({
  origin,
  loaded,
  tokens,
  signedBy = "demo",
}: {
  origin: string;
  /** Null: nothing is published yet. */
  loaded: Loaded | null;
  tokens: readonly DemoToken[];
  /** Who signs tokens. */
  signedBy?: SignedBy;
}): string {
  const lines = [
    "",
    `Consumer360 serves ${origin}/graphql`,
    "",
    loaded === null
      ? "  Nothing is published yet. Load a file: npx consumer360 load FILE"
      : `  ${describeLoaded(loaded)}`,
    "",
    ...(tokens.length === 0
      ? [...waysIn[signedBy], ""]
      : ["A token for each role, good for 12 hours:", "", ...tokens.flatMap(describeToken)]),
    ...tokens.slice(0, 1).flatMap(({ token }) => ["Try one:", "", `  ${curl(origin, token)}`, ""]),
    "Ctrl-C stops everything.",
    "",
  ];
  return lines.join("\n");
}

/** The demo's secret, AUTH_SECRET, or the identity provider behind AUTH_JWKS_URL. */
export type SignedBy = "demo" | "secret" | "provider";

export function signedBy({ secret, jwksUrl }: Pick<AuthConfig, "secret" | "jwksUrl">): SignedBy {
  return jwksUrl !== null ? "provider" : secret !== null ? "secret" : "demo";
}

const makeToken = "Make a token with: npx consumer360 token --role NAME";
const waysIn: Readonly<Record<SignedBy, readonly string[]>> = {
  demo: [makeToken],
  secret: [`${makeToken}, with the same AUTH_SECRET set`],
  provider: [
    "Tokens come from your identity provider; keys for machines: npx consumer360 key create --name NAME --role ROLE",
  ],
};

export function describeLoaded({ snapshot, lines, customers }: Loaded): string {
  const { snapshotId, dataFrom, dataThrough, currency } = snapshot;
  return `Snapshot ${snapshotId}: ${formatCounted(lines, "line")}, ${formatCounted(customers, "customer")}, ${dataFrom} to ${dataThrough}, in ${currency}`;
}

function describeToken({ role, note, token }: DemoToken): string[] {
  return [`  ${role}${note === "" ? "" : `: ${note}`}`, `  ${token}`, ""];
}

function curl(origin: string, token: string): string {
  const body = JSON.stringify({ query: "{ kpis { grossRevenue orders customers currency } }" });
  return `curl ${origin}/graphql -H 'Content-Type: application/json' -H 'Authorization: Bearer ${token}' -d '${body}'`;
}

/** Claims that give a role of any policy something to see in the sample. */
export function demoClaims({ countries, segments }: RolePolicy): Record<string, string[]> {
  return {
    ...(segments.kind === "claim" ? { [segments.claim]: ["AT_RISK", "CHURN_RISK"] } : {}),
    ...(countries.kind === "claim" ? { [countries.claim]: ["France", "Germany"] } : {}),
  };
}

/** What a reader should know of a demo token's role: a line is seen where both its segment and its country are. */
export function demoNote(role: RolePolicy): string {
  const claims = demoClaims(role);
  const rows = [role.segments, role.countries].flatMap((visible) => listVisible(visible, claims)).join(" in ");
  return [
    rows === "" ? "everything" : rows,
    ...(role.customerLevel || role.minimumCustomers !== null ? [] : ["no single customers"]),
    ...(role.minimumCustomers === null
      ? []
      : [
          "three tables only (by month, country, segment)",
          `no figure of fewer than ${formatCounted(role.minimumCustomers, "customer")}`,
        ]),
    ...(role.members.includes("commercial") ? [] : ["no figures"]),
    ...Object.entries(role.masks).map(([field, mask]) =>
      mask === "null" ? `without ${field}` : `with a ${mask} for ${field}`,
    ),
    ...(role.operator ? ["row accounts"] : []),
  ].join(", ");
}

function listVisible(visible: Visible<string>, claims: Record<string, string[]>): string[] {
  if (visible.kind === "all") return [];
  const values = visible.kind === "only" ? visible.values : (claims[visible.claim] ?? []);
  return [values.length === 0 ? "nothing" : listWords(values)];
}

function listWords(words: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(words);
}
