// Writes a metrics question as the document that asks it: what an insight was computed from and what reproduces it are one question.
import { catalogDimensions, catalogName, memberEnumName } from "../../model/catalog.ts";
import { type DimensionName, dimensionOf } from "../../model/dimensions.ts";
import type { MetricsRequest, ValueCondition } from "../../query/request.ts";

/** As far as insights ask: values by eq, gte and lt, one earlier period, no page after the first. */
export function printMetricsDocument(request: MetricsRequest): string {
  const { dimensions, measures, totals = [], where = {}, having = [], orderBy = [], page, earlier = [] } = request;
  const conditions = Object.entries(where).map(([name, condition]) => printCondition(name as DimensionName, condition));
  const args = [
    ...(conditions.length > 0 ? [`where: { ${conditions.join(", ")} }`] : []),
    ...(having.length > 0
      ? [`having: [${having.map(({ measure, gte }) => `{ measure: ${enumName(measure)}, gte: "${gte}" }`).join(", ")}]`]
      : []),
    ...(orderBy.length > 0
      ? [
          `orderBy: [${orderBy.map(({ member, direction }) => `{ member: ${enumName(member)}, direction: ${direction} }`).join(", ")}]`,
        ]
      : []),
    ...(request.spine ? ["spine: true"] : []),
    ...(page ? [`first: ${page.first}`] : []),
  ];
  const figures = measures.map(catalogName);
  const before = earlier.length > 0 ? [`previous { ${figures.join(" ")} }`] : [];
  const nodes =
    request.rows === false ? [] : [`nodes { ${[...dimensions.map(catalogName), ...figures, ...before].join(" ")} }`];
  const all = totals.length > 0 ? [`totals { ${totals.map(catalogName).join(" ")} }`] : [];
  return `{ metrics${args.length > 0 ? `(${args.join(", ")})` : ""} { ${[...nodes, ...all].join(" ")} } }`;
}

const enumName = (member: Parameters<typeof catalogName>[0]) => memberEnumName(catalogName(member));

function printCondition(name: DimensionName, condition: ValueCondition): string {
  const field = catalogDimensions.find((dimension) => dimension.name === name)?.filteredAs ?? name;
  const { kind, values } = dimensionOf(name);
  const isEnum = kind === "segment" || values !== undefined;
  const print = (value: string) => (isEnum ? value : JSON.stringify(value));
  if (kind === "customerType") return `${field}: ${condition.eq}`;
  const parts = (["eq", "gte", "lt"] as const).flatMap((operator) => {
    const value = condition[operator];
    return value === undefined ? [] : [`${operator}: ${print(value)}`];
  });
  return `${field}: { ${parts.join(", ")} }`;
}
