// Shows at start that the declarations hold together: each name means one thing, everything that is named exists, nothing is made of
// itself, nothing fans out, what is stored can be stored, and each scheme names each of the 125 cells of scores exactly once.
import { type Declarations, declarations } from "./declarations.ts";
import { proveDimensions } from "./proveDimensions.ts";
import { proveMeasures } from "./proveMeasures.ts";
import { proveNames } from "./proveNames.ts";
import { proveRollups } from "./proveRollups.ts";
import { proveViews } from "./proveViews.ts";
import { proveSegmentSchemes } from "./segmentSchemes.ts";

/** Throws an Error that names the declaration at fault. */
export function proveModel(model: Declarations = declarations): void {
  proveNames(model);
  proveMeasures(model);
  proveDimensions(model);
  proveRollups(model);
  proveViews(model);
  proveSegmentSchemes(model.schemes);
}
