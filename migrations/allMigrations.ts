// Every migration, oldest first.
import { Warehouse1763700000000 } from "./1763700000000-warehouse.ts";
import { Rollups1763800000000 } from "./1763800000000-rollups.ts";

export const allMigrations = Object.freeze([Warehouse1763700000000, Rollups1763800000000]);
