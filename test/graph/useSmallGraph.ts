// A graph over a few hand-counted lines, and scopes to ask it with.
import type { Scope } from "../../src/model/scope.ts";
import { adminScope } from "../support/testWarehouse.ts";
import { useGraph } from "./useGraph.ts";

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
/** Ada buys in two countries and three months, Bo once, Cy only gives back, and somebody without an id buys as well. */
export const lines = [
  "1001,P1,CUP,2,1/5/2011 10:00,5,ada,France",
  "1001,POST,POSTAGE,1,1/5/2011 10:00,3.125,ada,France",
  "1002,P1,CUP,1,1/20/2011 9:30,5,bo,Germany",
  "1003,P2,JUG,4,3/15/2011 12:00,2.5,ada,Belgium",
  "C1004,P1,CUP,-1,3/20/2011 12:00,5,ada,France",
  "C1005,P2,JUG,-2,3/21/2011 12:00,2.5,cy,Germany",
  "1006,P2,JUG,1,3/22/2011 8:00,2.5,,France",
  "1007,P1,CUP,1,4/2/2011 12:00,5,ada,France",
];

export const belgium: Scope = {
  ...adminScope,
  role: "country_manager",
  countries: ["Belgium"],
  operator: false,
  fingerprint: "b",
};
export const aggregates: Scope = {
  ...adminScope,
  role: "executive",
  customerLevel: false,
  operator: false,
  fingerprint: "e",
};

/** For one test file. */
export function useSmallGraph() {
  const text = (of: readonly string[]) => [header, ...of].join("\n");
  const { answer, dataOf, warehouse } = useGraph((filled) => filled.loadText(text(lines)));
  return {
    answer,
    dataOf,
    /** Publishes a file of these lines instead of what was there. */
    publish: (newLines: readonly string[]) => warehouse().loadText(text(newLines)),
  };
}
