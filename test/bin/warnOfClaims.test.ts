// What `token` warns of: claims that a role needs and lacks, that cannot be used, and that mean nothing to it.
import { expect, test } from "vitest";
import { warnOfClaims } from "../../bin/warnOfClaims.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";

const policy = parsePolicy(
  `roles:
  admin: {countries: all, segments: all, customerLevel: true}
  manager: {countries: $claims.lands, segments: all, customerLevel: true}
  both: {countries: $claims.lands, segments: $claims.keys, customerLevel: true}`,
  "p",
);

const lacksLands = "there is no claim `lands`: no country is visible";

test.each<[string, Record<string, string[]>, string[]]>([
  ["admin", {}, []],
  ["admin", { lands: ["France"] }, ["the policy's role admin does not use the claim `lands`"]],
  ["manager", { lands: ["France"] }, []],
  ["manager", {}, [lacksLands]],
  ["manager", { lands: [] }, ["the claim `lands` is empty: no country is visible"]],
  ["manager", { land: ["France"] }, [lacksLands, "the policy does not use the claim `land`"]],
  ["manager", { toString: ["x"] } as never, [lacksLands, "the policy does not use the claim `toString`"]],
  ["both", { lands: ["France"], keys: ["AT_RISK"] }, []],
  [
    "both",
    { keys: ["AT_RISKS"] },
    [lacksLands, "the claim `keys` is not a list of up to 10,000 CLASSIC keys of segments: no segment is visible"],
  ],
])("%s with %j", (name, claims, warnings) => {
  const role = policy.roles.find((candidate) => candidate.name === name);
  expect(role && warnOfClaims(policy, role, claims)).toEqual(warnings);
});
