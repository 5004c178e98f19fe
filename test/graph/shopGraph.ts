// The graph over the fixture's lines, and roles to ask it with.
import type { Scope } from "../../src/model/scope.ts";
import { scope, shopFile } from "../oracle/shopLines.ts";
import { adminScope } from "../support/testWarehouse.ts";
import { useGraph } from "./useGraph.ts";

export const roles = Object.freeze({
  admin: adminScope,
  analyst: { ...scope("analyst", null, null), masks: { customerName: "null" as const } },
  executive: {
    ...scope("executive", null, null),
    customerLevel: false,
    members: ["public" as const, "commercial" as const],
  },
  country_manager: scope("country_manager", ["France", "Belgium"], null),
  crm: scope("crm", null, ["AT_RISK", "CHURN_RISK"]),
} satisfies Record<string, Scope>);

export const useShopGraph = () => useGraph((warehouse) => warehouse.load(shopFile));
