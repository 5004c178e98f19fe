// The layouts that are recognised without being told.
import type { Layout } from "./layout.ts";
import { onlineRetail } from "./onlineRetail.ts";
import { onlineRetailII } from "./onlineRetailII.ts";
import { orders } from "./orders.ts";

export const builtInLayouts: readonly Layout[] = Object.freeze([onlineRetail, onlineRetailII, orders]);
