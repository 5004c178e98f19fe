// The loads of the warehouse and the rows that they could not load, for whoever runs it.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from "type-graphql";
import type { LineKind } from "../../model/lineKinds.ts";
import type { LoadRunRecord, RejectRecord } from "../../query/decodeRecords.ts";
import { boundedFirst, mostLoadRuns, mostRejects } from "../boundedFirst.ts";
import { type Connection, connectionOf } from "../connectionOf.ts";
import type { GraphContext } from "../GraphContext.ts";
import { selectedFields } from "../selectedFields.ts";
import { LoadRun } from "../types/LoadRun.ts";
import { LoadRunConnection } from "../types/LoadRunConnection.ts";
import { type RejectedRow, RejectedRowConnection } from "../types/RejectedRowConnection.ts";

@Resolver(() => LoadRun)
export class LoadRunResolver {
  @Query(() => LoadRunConnection, {
    description: "Operators only. The loads of this warehouse as they stand now, newest first.",
  })
  async loadRuns(
    @Arg("first", () => Int, { nullable: true, defaultValue: 20, description: "From 1 to 1,000." })
    first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Arg("id", () => ID, { nullable: true, description: "Only the load of this number, if there is one." })
    id: string | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<LoadRun>> {
    const runs = await context.ask({
      kind: "loadRuns",
      id: id ?? undefined,
      page: { first: boundedFirst(first, 20, mostLoadRuns), after: after ?? undefined },
      count: selectedFields(info).has("totalCount"),
    });
    return connectionOf(runs, after, loadRunOf);
  }

  @FieldResolver(() => RejectedRowConnection, { description: "The rows that it could not load, by file and line." })
  async rejects(
    @Root() { id }: LoadRun,
    @Arg("first", () => Int, { nullable: true, defaultValue: 100, description: "From 1 to 1,000." })
    first: number | null,
    @Arg("after", () => String, {
      nullable: true,
      description: "A cursor of the same load's rows; ask for that load alone, by its `id`.",
    })
    after: string | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<RejectedRow>> {
    const rejects = await context.loaders.rejects.load({
      loadRunId: Number(id),
      page: { first: boundedFirst(first, 100, mostRejects), after: after ?? undefined },
      count: selectedFields(info).has("totalCount"),
      raw: selectedFields(info, "nodes").has("raw"),
    });
    return connectionOf(rejects, after, rejectedRowOf);
  }
}

function loadRunOf({ id, snapshotId, amounts, stages, ...run }: LoadRunRecord): LoadRun {
  return {
    ...run,
    id: String(id),
    snapshot: snapshotId === null ? null : String(snapshotId),
    amounts: amounts === null ? null : amounts.map((amount) => ({ ...amount, kind: amount.kind as LineKind })),
    stages,
    seconds:
      stages.length === 0 ? null : Math.round(stages.reduce((sum, stage) => sum + stage.seconds * 1000, 0)) / 1000,
  };
}

function rejectedRowOf({ settledIn, ...row }: RejectRecord): RejectedRow {
  return { ...row, settledIn: settledIn === null ? null : String(settledIn) };
}
