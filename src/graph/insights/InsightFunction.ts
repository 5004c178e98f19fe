// What an insight is made by: a function that asks under the viewer's scope and says what is worth saying, which may be nothing.
import type { Scope } from "../../model/scope.ts";
import type { SnapshotFacts } from "../../query/snapshotFacts.ts";
import type { Ask } from "../Ask.ts";
import type { Insight } from "../types/Insight.ts";

export type InsightSetting = Readonly<{ ask: Ask; facts: SnapshotFacts; scope: Scope }>;

export type InsightFunction = (setting: InsightSetting) => Promise<readonly Insight[]>;
