// Decides, once per file, whether its times name a zone. A time is taken as it is written, without zone, so all must be written alike.
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { noZone, offsetZone, utcZone } from "./readDate.ts";

/** How many times name no zone, UTC, or an offset. */
export type ZoneEvidence = Readonly<{ none: number; utc: number; offset: number }>;

const provenShare = 0.99;

/** What 99 % of the times name; the rest become rejected rows. */
export function decideDateZone(path: string, { none, utc, offset }: ZoneEvidence): number {
  const all = none + utc + offset;
  if (none >= all * provenShare) return noZone;
  if (utc >= all * provenShare) return utcZone;
  if (offset >= all * provenShare) return offsetZone;
  throw new Consumer360Error(
    "DATE_ZONE_MIXED",
    `${path} mixes times of several zones: ${none} name none, ${utc} end with Z, ${offset} have an offset such as +01:00`,
    { remedy: "Export the times alike: all in the store's local time, without a zone" },
  );
}
