// What the published snapshot holds, without when and by which load it came to be: two warehouses with equal content answer alike.
import type pg from "pg";
import { CustomerCell } from "../../src/warehouse/entities/CustomerCell.ts";
import { CustomerOutlook } from "../../src/warehouse/entities/CustomerOutlook.ts";
import { DimCustomer } from "../../src/warehouse/entities/DimCustomer.ts";
import { DimProduct } from "../../src/warehouse/entities/DimProduct.ts";
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";
import { ProductWording } from "../../src/warehouse/entities/ProductWording.ts";
import { RfmSegment } from "../../src/warehouse/entities/RfmSegment.ts";
import { SalesCell } from "../../src/warehouse/entities/SalesCell.ts";
import { SalesOrder } from "../../src/warehouse/entities/SalesOrder.ts";
import { columnsOf, tableName } from "../../src/warehouse/entityTables.ts";

/** By table: how many rows, and a digest of all their values but ids of snapshots. */
export type WarehouseContent = Readonly<Record<string, Readonly<{ rows: number; digest: string }>>>;

const bySnapshot = [
  SalesOrder,
  CustomerCell,
  SalesCell,
  RfmSegment,
  DimCustomer,
  DimProduct,
  ProductWording,
  CustomerOutlook,
];
const origins = ["snapshot_id", "generation", "born", "died"];

export async function readContent(owner: pg.Pool): Promise<WarehouseContent> {
  const { rows } = await owner.query(
    `SELECT s.snapshot_id AS id, s.generation, s.as_of::text, s.data_from::text, s.data_through::text, s.lines::text, s.amounts,
       s.recency_cuts::text, s.frequency_cuts::text, (SELECT array_agg(trim_scale(c)) FROM unnest(s.monetary_cuts) c)::text AS monetary_cuts,
       s.rollups::text, s.currency, s.monetary
     FROM published_snapshot JOIN snapshot s USING (snapshot_id)`,
  );
  const { id, generation, ...facts } = rows[0];
  const content: Record<string, { rows: number; digest: string }> = {
    snapshot: { rows: 1, digest: JSON.stringify(facts) },
  };
  for (const entity of [FactSale, ...bySnapshot]) {
    const values = columnsOf(entity).filter((column) => !origins.includes(column));
    const where =
      entity === FactSale ? `generation = ${generation} AND born <= ${id} AND died > ${id}` : `snapshot_id = ${id}`;
    const types = await owner.query(
      "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND atttypid = 'numeric'::regtype",
      [tableName(entity)],
    );
    const numerics: string[] = types.rows.map(({ attname }) => attname);
    const shown = values.map((value) => (numerics.includes(value) ? `trim_scale(${value})` : value));
    const found = await owner.query(
      `SELECT count(*)::int AS rows, coalesce(md5(string_agg(row, E'\\n' ORDER BY row COLLATE "C")), '') AS digest
       FROM (SELECT ROW(${shown.join(", ")})::text AS row FROM ${tableName(entity)} WHERE ${where}) rows`,
    );
    content[tableName(entity)] = found.rows[0];
  }
  return content;
}
