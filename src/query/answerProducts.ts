// Answers what products are called and what is bought with them.
import { storableOf } from "../kernel/storableText.ts";
import type { StoredRow } from "../warehouse/openReadWarehouse.ts";
import type { BoughtTogether, ProductAttributes } from "./answer.ts";
import { compileProductAttributes, compileProductPairs } from "./compile/compileProducts.ts";
import type { WrittenStatement } from "./compile/parameters.ts";
import type { ProductAttributesRequest, ProductPairsRequest } from "./request.ts";
import type { SnapshotFacts } from "./snapshotFacts.ts";

/** Runs a statement under the question's scope, at its snapshot. */
type Execute = (statement: WrittenStatement) => Promise<StoredRow[]>;

/** In the order of the products asked for; null for one that the snapshot does not know. */
export async function answerProductAttributes(
  { products }: ProductAttributesRequest,
  snapshot: SnapshotFacts,
  execute: Execute,
): Promise<readonly (ProductAttributes | null)[]> {
  const stored = await execute(compileProductAttributes(distinct(products), snapshot));
  const byProduct = new Map(stored.map((row) => [String(row.product), decodeAttributes(row)]));
  return products.map((product) => byProduct.get(product) ?? null);
}

/** In the order of the products asked for, most often together first; null for each where it has not been computed yet. */
export async function answerProductPairs(
  { products, first }: ProductPairsRequest,
  snapshot: SnapshotFacts,
  execute: Execute,
): Promise<readonly (readonly BoughtTogether[] | null)[]> {
  const stored = await execute(compileProductPairs(distinct(products), first, snapshot));
  if (stored.length === 0) return products.map(() => null);
  const byProduct = new Map<string, BoughtTogether[]>();
  for (const row of stored) {
    if (row.product === null) continue;
    const product = String(row.product);
    byProduct.set(product, [...(byProduct.get(product) ?? []), decodePair(row)]);
  }
  return products.map((product) => byProduct.get(product) ?? []);
}

const distinct = (products: readonly string[]) => storableOf([...new Set(products)]);

const textOf = (value: unknown) => (value === null || value === undefined ? null : String(value));

const decodeAttributes = (row: StoredRow): ProductAttributes => ({
  product: String(row.product),
  description: textOf(row.description),
  category: textOf(row.category),
});

const decodePair = (row: StoredRow): BoughtTogether => ({
  product: String(row.other),
  description: textOf(row.description),
  together: Number(row.together),
  askedOrders: Number(row.product_orders),
  orders: Number(row.other_orders),
  allOrders: Number(row.all_orders),
});
