// A file of a load, as it was read.
import { Field, Float, Int, ObjectType } from "type-graphql";

@ObjectType({ simpleResolvers: true, description: "A file of a load, as it was read." })
export class LoadedFile {
  @Field(() => String, { description: "Its name." })
  readonly name!: string;

  @Field(() => String, { description: "SHA-256 of its bytes, in hexadecimal." })
  readonly sha256!: string;

  @Field(() => Float, { description: "Its size as it lay on disk." })
  readonly bytes!: number;

  @Field(() => Int, { description: "Rows that it holds, its header aside." })
  readonly rows!: number;
}
