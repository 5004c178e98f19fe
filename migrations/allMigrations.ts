// Every migration, oldest first.
import { Warehouse1763700000000 } from "./1763700000000-warehouse.ts";

export const allMigrations = Object.freeze([Warehouse1763700000000]);
