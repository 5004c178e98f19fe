// Every migration, oldest first.
import { Warehouse1763700000000 } from "./1763700000000-warehouse.ts";
import { Rollups1763800000000 } from "./1763800000000-rollups.ts";
import { Access1763900000000 } from "./1763900000000-access.ts";
import { Locks1764000000000 } from "./1764000000000-locks.ts";
import { Loads1764500000000 } from "./1764500000000-loads.ts";
import { Partitions1764600000000 } from "./1764600000000-partitions.ts";
import { LineOrder1764700000000 } from "./1764700000000-line-order.ts";
import { Models1764800000000 } from "./1764800000000-models.ts";
import { FollowUps1764900000000 } from "./1764900000000-follow-ups.ts";

export const allMigrations = Object.freeze([
  Warehouse1763700000000,
  Rollups1763800000000,
  Access1763900000000,
  Locks1764000000000,
  Loads1764500000000,
  Partitions1764600000000,
  LineOrder1764700000000,
  Models1764800000000,
  FollowUps1764900000000,
]);
