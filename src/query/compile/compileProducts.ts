// The statements that read what products are called, and what is bought with them.
import { DimProduct } from "../../warehouse/entities/DimProduct.ts";
import { FollowUp } from "../../warehouse/entities/FollowUp.ts";
import { ProductPair } from "../../warehouse/entities/ProductPair.ts";
import { tableName } from "../../warehouse/entityTables.ts";
import type { SnapshotFacts } from "../snapshotFacts.ts";
import { momentOf } from "./moment.ts";
import { makeParameters, type WrittenStatement, written } from "./parameters.ts";

export function compileProductAttributes(products: readonly string[], snapshot: SnapshotFacts): WrittenStatement {
  const parameters = makeParameters();
  const moment = momentOf(snapshot, parameters);
  return written(
    `SELECT p.product, p.description, p.category
FROM ${parameters.read(tableName(DimProduct))} p
WHERE p.snapshot_id = ${moment.snapshot}
  AND p.product = ANY (${parameters.bind([...products], "text[]")})`,
    parameters,
    true,
  );
}

/** No row at all where nothing has been computed; where nothing is bought with any of the products, one row of nulls. */
export function compileProductPairs(
  products: readonly string[],
  first: number,
  snapshot: SnapshotFacts,
): WrittenStatement {
  const parameters = makeParameters();
  const moment = momentOf(snapshot, parameters);
  const asked = parameters.bind([...products], "text[]");
  return written(
    `SELECT pair.*, p.description
FROM ${parameters.read(tableName(FollowUp))} done
LEFT JOIN (
  SELECT asked.product, pair.other, pair.together, pair.product_orders, pair.other_orders, pair.all_orders
  FROM unnest(${asked}) AS asked (product)
  CROSS JOIN LATERAL (
    SELECT * FROM ${parameters.read(tableName(ProductPair))} pair
    WHERE pair.snapshot_id = ${moment.snapshot} AND pair.product = asked.product
    ORDER BY pair.together DESC, pair.other_orders, pair.other
    LIMIT ${parameters.bind(first, "bigint")}
  ) pair
) pair ON true
LEFT JOIN ${parameters.read(tableName(DimProduct))} p ON p.product = pair.other AND p.snapshot_id = ${moment.snapshot}
WHERE done.snapshot_id = ${moment.snapshot} AND done.name = 'pairs'
ORDER BY pair.product, pair.together DESC, pair.other_orders, pair.other`,
    parameters,
    true,
  );
}
