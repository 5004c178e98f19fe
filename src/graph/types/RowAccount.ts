// What became of the rows of a load: every row read ends as exactly one of loaded, duplicate, superseded, rejected.
import { Field, Int, ObjectType } from "type-graphql";

@ObjectType({
  simpleResolvers: true,
  description: "What became of the rows of the load: read = loaded + duplicate + superseded + rejected.",
})
export class RowAccount {
  @Field(() => Int, { description: "Rows read from the files." })
  readonly read!: number;

  @Field(() => Int, { description: "Rows that became lines." })
  readonly loaded!: number;

  @Field(() => Int, { description: "Rows left out because the same line stood there already." })
  readonly duplicate!: number;

  @Field(() => Int, { description: "Rows whose invoice a later file of the same load carries too." })
  readonly superseded!: number;

  @Field(() => Int, { description: "Rows that could not be read; they are kept with their line and a reason." })
  readonly rejected!: number;

  @Field(() => Int, { description: "Lines of the snapshot before that this load withdrew." })
  readonly replaced!: number;
}
