// Answers what is expected of customers: of single ones, of all together, and how good the models behind it are.
import { Consumer360Error } from "../kernel/errors.ts";
import type { ModelCard } from "../kernel/ModelCard.ts";
import { storableOf } from "../kernel/storableText.ts";
import { mayUse } from "../model/catalog.ts";
import { leastCustomers } from "../model/insightRules.ts";
import type { Scope } from "../model/scope.ts";
import type { StoredRow } from "../warehouse/openReadWarehouse.ts";
import type { Outlook, RevenueAtRisk } from "./answer.ts";
import { compileModelCard, compileOutlooks, compileRevenueAtRisk } from "./compile/compileOutlooks.ts";
import type { WrittenStatement } from "./compile/parameters.ts";
import { decodeOutlook, decodeRevenueAtRisk } from "./decodeOutlook.ts";
import type { OutlooksRequest } from "./request.ts";
import type { SnapshotFacts } from "./snapshotFacts.ts";

type Setting = Readonly<{ snapshot: SnapshotFacts; scope: Scope }>;
/** Runs a statement under the question's scope, at its snapshot. */
type Execute = (statement: WrittenStatement) => Promise<StoredRow[]>;

/** In the order of the ids; null for whom nothing is expected, or may not be told. */
export async function answerOutlooks(
  request: OutlooksRequest,
  setting: Setting,
  execute: Execute,
): Promise<readonly (Outlook | null)[]> {
  const stored = await execute(compileOutlooks(storableOf([...new Set(request.ids)]), setting));
  const byId = new Map(stored.map((row) => [String(row.customer_key), decodeOutlook(row)]));
  return request.ids.map((id) => byId.get(id) ?? null);
}

/** Null where the snapshot was made by a version without models, and where it would tell of customers whom the asker may not see. */
export async function answerRevenueAtRisk(
  setting: Setting,
  execute: Execute,
): Promise<readonly [RevenueAtRisk | null]> {
  const [row] = await execute(compileRevenueAtRisk(setting));
  if (!row) throw new Error("Sums come in a row.");
  const found = row.has_card === true ? decodeRevenueAtRisk(row) : null;
  return [found && maySeeSum(found, setting.scope) ? found : null];
}

/**
 * Who may not see single customers is told of many of them together alone. Of some countries, those with a line elsewhere are left out: how
 * many these are is not for such an asker either.
 */
const maySeeSum = ({ customers }: RevenueAtRisk, scope: Scope) =>
  mayUse("personal", scope) || (scope.countries === null && customers >= leastCustomers);

/** Null where the snapshot was made by a version without models. */
export async function answerModelCard(setting: Setting, execute: Execute): Promise<readonly [ModelCard | null]> {
  const [row] = await execute(compileModelCard(setting));
  return [row ? (JSON.parse(String(row.card)) as ModelCard) : null];
}

/** Throws WAREHOUSE_UNAVAILABLE where the snapshot was made by a version without models: an empty list would say that nobody is at risk. */
export async function refuseWithoutModels(setting: Setting, execute: Execute): Promise<void> {
  const [card] = await answerModelCard(setting, execute);
  if (card !== null) return;
  throw new Consumer360Error(
    "WAREHOUSE_UNAVAILABLE",
    "The published snapshot was made by a version without models: who is at risk is not known.",
    { remedy: "Load once more: `consumer360 load FILE… --again` takes the same files again." },
  );
}
