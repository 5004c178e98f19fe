// One line of a transaction file, classified.
import { ObjectType } from "type-graphql";
import { addLineFields } from "../lineFields.ts";

@ObjectType({
  simpleResolvers: true,
  description: "One line of a transaction file. None is dropped for what it means.",
})
export class FactSale {
  readonly [field: string]: string | number | null;
}

addLineFields(FactSale.prototype, { columns: false });
