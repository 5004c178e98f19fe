// What is shown of a line, declared once: as the fields of a line, and as the columns of a page of lines.
import { Field, ID, Int } from "type-graphql";
import { dimensions } from "../model/dimensions.ts";
import type { LineColumn } from "../query/answer.ts";
import { LineKindEnum, LineTypeEnum, SegmentKeyEnum } from "./enums.ts";
import { DateScalar } from "./scalars/DateScalar.ts";
import { DecimalScalar } from "./scalars/DecimalScalar.ts";
import { LocalDateTimeScalar } from "./scalars/LocalDateTimeScalar.ts";

type LineField = Readonly<{ type: unknown; description: string; nullable?: boolean }>;

const lineFields: Readonly<Record<LineColumn, LineField>> = Object.freeze({
  id: { type: ID, description: "Identity of the line." },
  invoice: { type: String, description: "Invoice that the line stands on." },
  orderedAt: { type: LocalDateTimeScalar, description: "Time of the line." },
  orderDate: { type: DateScalar, description: "Day of the line." },
  product: { type: String, description: dimensions.product.description },
  description: {
    type: String,
    nullable: true,
    description: "The product's most frequent description among all lines, hidden ones included.",
  },
  category: { type: String, nullable: true, description: dimensions.category.description },
  kind: { type: LineKindEnum, description: "What happened." },
  lineType: { type: LineTypeEnum, description: dimensions.lineType.description },
  quantity: { type: Int, description: "Pieces; negative where they came back." },
  unitPrice: { type: DecimalScalar, description: "Price of a piece." },
  amount: { type: DecimalScalar, description: "quantity × unitPrice, exactly." },
  customerId: { type: ID, nullable: true, description: dimensions.customer.description },
  country: { type: String, description: dimensions.country.description },
  segmentKey: { type: SegmentKeyEnum, description: dimensions.segment.description },
});

type AnyType = Parameters<typeof Field>[0] & (() => unknown);

/** Gives a type a field for each: the value of one line, or with `columns` the list of a page's. */
export function addLineFields(prototype: object, { columns }: Readonly<{ columns: boolean }>): void {
  for (const [name, { type, description, nullable = false }] of Object.entries(lineFields)) {
    const shown = (() => (columns ? [type] : type)) as AnyType;
    Field(shown, { nullable: columns && nullable ? "items" : nullable, description })(prototype, name);
  }
}

/** The columns of lines behind selected fields. */
export function lineColumnsBehind(fields: ReadonlySet<string>): LineColumn[] {
  return (Object.keys(lineFields) as LineColumn[]).filter((name) => fields.has(name));
}
