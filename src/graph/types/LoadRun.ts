// The record of one load: what was asked, what became of it, and how long it took.
import { Field, Float, ID, Int, ObjectType } from "type-graphql";
import type { LineKind } from "../../model/lineKinds.ts";
import { LineKindEnum } from "../enums.ts";
import { DecimalScalar } from "../scalars/DecimalScalar.ts";
import { LoadedFile } from "./LoadedFile.ts";
import { RowAccount } from "./RowAccount.ts";

@ObjectType({ simpleResolvers: true, description: "Something that a load found worth a look; it loaded all the same." })
export class LoadWarning {
  @Field(() => String, { description: "Stable code." })
  readonly code!: string;

  @Field(() => Int, { description: "How often it was found." })
  readonly count!: number;

  @Field(() => String, { description: "The same in words." })
  readonly message!: string;
}

@ObjectType({ simpleResolvers: true, description: "How long one stage of a load took." })
export class LoadStage {
  @Field(() => String, { description: "Name of the stage." })
  readonly stage!: string;

  @Field(() => Float, { description: "Seconds." })
  readonly seconds!: number;
}

@ObjectType({ simpleResolvers: true, description: "What the loaded lines of one kind amount to." })
export class LoadAmount {
  @Field(() => LineKindEnum, { description: "What happened." })
  readonly kind!: LineKind;

  @Field(() => Int, { description: "Lines of this kind." })
  readonly lines!: number;

  @Field(() => DecimalScalar, { description: "Their sum of quantity × unitPrice, exactly." })
  readonly amount!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: "The record of a load. It belongs to no snapshot: a load that is under way or failed is on record too.",
})
export class LoadRun {
  @Field(() => ID, { description: "Its number; later loads have higher ones." })
  readonly id!: string;

  @Field(() => String, { description: "When it was begun (ISO 8601, UTC)." })
  readonly startedAt!: string;

  @Field(() => String, {
    nullable: true,
    description: "When it ended (ISO 8601, UTC); null while it is under way.",
  })
  readonly finishedAt!: string | null;

  @Field(() => String, {
    description:
      "RUNNING, PUBLISHED, UNCHANGED (the published snapshot was made of the same) or FAILED. A load whose process died is RUNNING until the next one finds it.",
  })
  readonly status!: string;

  @Field(() => String, { description: "REPLACE, APPEND or ROLLBACK." })
  readonly mode!: string;

  @Field(() => [LoadedFile], { description: "The files that it read." })
  readonly files!: readonly LoadedFile[];

  @Field(() => RowAccount, { description: "What became of their rows; all 0 until that is known." })
  readonly account!: RowAccount;

  @Field(() => [LoadAmount], {
    nullable: true,
    description:
      "What the loaded lines amount to, whosesoever they are. Null for roles that may not see figures of all countries and segments.",
  })
  readonly amounts!: readonly LoadAmount[] | null;

  @Field(() => ID, { nullable: true, description: "The snapshot that it published, or found unchanged." })
  readonly snapshot!: string | null;

  @Field(() => [LoadWarning], { description: "What it found worth a look." })
  readonly warnings!: readonly LoadWarning[];

  @Field(() => [LoadStage], { description: "How long each stage took, in order; none before it ended." })
  readonly stages!: readonly LoadStage[];

  @Field(() => Float, {
    nullable: true,
    description: "Seconds of all its stages together; null before it ended, and where its process died.",
  })
  readonly seconds!: number | null;

  @Field(() => String, { nullable: true, description: "Code of the error that it failed with." })
  readonly errorCode!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The error in words. Null also for roles that may not see single customers and lines of all countries and segments: it may quote a file.",
  })
  readonly errorMessage!: string | null;
}
