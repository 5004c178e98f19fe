// The published views as SQL: the same figures that a query computes, for whoever reads the warehouse with SQL. They hold no rows
// and no rights of their own: the session's scope and snapshot decide, through the row policies of the tables beneath.
import { salesOrderRollup } from "../../model/rollups.ts";
import { type View, views } from "../../model/views.ts";
import { tableName } from "../../warehouse/entityTables.ts";
import { planMetrics, sourcesOf } from "../plan.ts";
import { memberColumn, metricsCtes, withSql } from "./metricsSql.ts";
import { sessionMoment } from "./moment.ts";
import { makeParameters } from "./parameters.ts";
import { noRowScope } from "./rowSet.ts";

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A view is asked at any snapshot, so it reads only what each of them has. */
const everySnapshots = sourcesOf({ rollups: [salesOrderRollup.name] });

function compileView(view: View): string {
  const parameters = makeParameters();
  const ctes = metricsCtes({
    measures: view.measures,
    compared: [],
    dimensions: view.dimensions,
    where: {},
    identifiedOnly: view.identifiedOnly,
    plan: planMetrics(view, everySnapshots),
    spine: null,
    moment: sessionMoment,
    scope: noRowScope,
    parameters,
  });
  if (parameters.values().length > 0) throw new Error(`The view ${tableName(view.entity)} cannot have parameters.`);
  const columns = [...view.dimensions, ...view.measures].map(
    (member) => `${memberColumn(member)} AS ${view.columns?.[member] ?? snakeCase(member)}`,
  );
  const name = tableName(view.entity);
  return `CREATE VIEW ${name} WITH (security_invoker = true) AS
${withSql(ctes)}
SELECT ${columns.join(",\n  ")}
FROM answer;

COMMENT ON VIEW ${name} IS '${view.description.replaceAll("'", "''")}';
`;
}

/** All views, as the migration creates them and \`schema/views.sql\` shows them. */
export function compileViews(): string {
  return views.map(compileView).join("\n");
}
