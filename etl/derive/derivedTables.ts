// The tables that are derived from the lines. A load fills the stored ones; who verifies them fills tables of their own by the same code.
import type { Moment } from "../../src/query/compile/moment.ts";
import { CustomerCell } from "../../src/warehouse/entities/CustomerCell.ts";
import { RfmSegment } from "../../src/warehouse/entities/RfmSegment.ts";
import { SalesCell } from "../../src/warehouse/entities/SalesCell.ts";
import { SalesOrder } from "../../src/warehouse/entities/SalesOrder.ts";
import { tableName } from "../../src/warehouse/entityTables.ts";

export type DerivedTable = "segments" | "orders" | "customerCells" | "salesCells";

export const derivedEntities = Object.freeze({
  segments: RfmSegment,
  orders: SalesOrder,
  customerCells: CustomerCell,
  salesCells: SalesCell,
} satisfies Record<DerivedTable, new () => object>);

export type DerivedTables = Readonly<Record<DerivedTable, string>>;

export const storedTables: DerivedTables = Object.freeze({
  segments: tableName(derivedEntities.segments),
  orders: tableName(derivedEntities.orders),
  customerCells: tableName(derivedEntities.customerCells),
  salesCells: tableName(derivedEntities.salesCells),
});

export const monetaryMeasures = ["grossRevenue", "netRevenue"] as const;
export type Monetary = (typeof monetaryMeasures)[number];

/** Where a snapshot's lines are summed to, and the moment at which its measures look. */
export type Derivation = Readonly<{
  tables: DerivedTables;
  snapshotId: number;
  moment: Moment;
  /** The measure that the monetary score is made of. */
  monetary: Monetary;
  /** A former snapshot whose scores are kept, where they are not to be computed anew. */
  scoresOf?: number | undefined;
  /** A snapshot whose cut-points are kept, where they are frozen. */
  cutsOf?: number | undefined;
}>;
