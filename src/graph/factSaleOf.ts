// A line of an answer as the graph shows it.
import type { LineKind, LineType } from "../model/lineKinds.ts";
import type { Line } from "../query/answer.ts";
import type { FactSale } from "./types/FactSale.ts";

export function factSaleOf({ segment, ...line }: Line): FactSale {
  return {
    ...line,
    // The warehouse holds only what the model names.
    kind: line.kind as LineKind,
    lineType: line.lineType as LineType,
    orderDate: line.orderedAt.slice(0, 10),
    segmentKey: segment,
  };
}
