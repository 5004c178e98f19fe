// What each role of the demo policy keeps of the lines, written by hand: what its answers are held against.
import type { Scope } from "../../src/model/scope.ts";
import { scope } from "../oracle/shopLines.ts";
import type { Role } from "./expectedVisibility.ts";

/** Countries and segments alone count here. */
export const keptByRole: Readonly<Record<Role, Scope>> = Object.freeze({
  admin: scope("admin", null, null),
  executive: scope("executive", null, null),
  analyst: scope("analyst", null, null),
  country_manager: scope("country_manager", ["France", "Belgium"], null),
  crm: scope("crm", null, ["AT_RISK", "CHURN_RISK"]),
  partner: scope("partner", null, null),
});
