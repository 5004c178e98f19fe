// The stage of a load in which the models are made and used: what each customer is expected to do, and the card that says how far that can
// be believed, both rows of the new snapshot.
import { makeCard } from "../../src/intelligence/makeCard.ts";
import { measureHoldout } from "../../src/intelligence/measureHoldout.ts";
import { useModels } from "../../src/intelligence/useModels.ts";
import { addDays, type IsoDate } from "../../src/kernel/calendar.ts";
import { churnHorizonDays, type ModelCard } from "../../src/kernel/ModelCard.ts";
import { ModelCard as StoredCard } from "../../src/warehouse/entities/ModelCard.ts";
import { tableName } from "../../src/warehouse/entityTables.ts";
import type { LoadSession, Run } from "../record/loadSession.ts";
import { countWithoutOrders, deriveHistories } from "./deriveHistories.ts";
import { readHeldBack, readPopulation } from "./readPopulation.ts";
import { takeTurns } from "./takeTurns.ts";
import { writeOutlooks } from "./writeOutlooks.ts";

export type ModelOptions = Readonly<{
  /** Days at the end of the data that the models are judged by. */
  holdoutDays: number;
  /** By how much less an amount is worth a year later. */
  discountRate: number;
}>;

export const usualModelOptions: ModelOptions = Object.freeze({ holdoutDays: 91, discountRate: 0.1 });

const cards = tableName(StoredCard);
const calendarStart = "0100-01-01";

/** `cardOf`: a former snapshot whose models are kept, where they are not to be made anew. */
export async function expectCustomers(
  { work, run }: Pick<LoadSession, "work" | "run">,
  {
    snapshotId,
    asOf,
    cardOf,
    options,
  }: Readonly<{ snapshotId: number; asOf: IsoDate; cardOf?: number | undefined; options: ModelOptions }>,
): Promise<ModelCard> {
  // Before the calendar's first years there is nothing to hold back, whatever day was set.
  const heldBackFrom = asOf < calendarStart ? asOf : addDays(asOf, -options.holdoutDays);
  const customers = await deriveHistories(run, snapshotId, { asOf, heldBackFrom });
  const kept = cardOf === undefined ? null : await readCard(run, cardOf);
  const holdout = { from: heldBackFrom, days: options.holdoutDays };
  const measured = kept === null ? await takeTurns(measureHoldout(await readHeldBack(work, customers), holdout)) : null;
  const population = await readPopulation(work, customers);
  const card =
    kept ??
    (await takeTurns(
      makeCard(population, measured ?? { holdout: null, noHoldout: "Nothing was held back." }, {
        horizonDays: churnHorizonDays,
        discountRate: options.discountRate,
        leftOut: await leftOut(run, snapshotId),
      }),
    ));
  const { histories } = population;
  await writeOutlooks({ work, run }, snapshotId, histories, await takeTurns(useModels(card, histories)));
  await run(`INSERT INTO ${cards} (snapshot_id, card) VALUES ($1, $2)`, [snapshotId, JSON.stringify(card)]);
  return card;
}

async function leftOut(run: Run, snapshotId: number) {
  const customers = await countWithoutOrders(run, snapshotId);
  return customers === 0 ? [] : [{ why: "Without a single order.", customers }];
}

async function readCard(run: Run, snapshotId: number): Promise<ModelCard | null> {
  const [row] = await run(`SELECT card FROM ${cards} WHERE snapshot_id = $1`, [snapshotId]);
  return (row?.card as ModelCard | undefined) ?? null;
}
