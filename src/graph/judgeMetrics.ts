// Refuses a metrics question whose selection is not one question, or whose `having` compares nothing. What the viewer may not see is refused
// before any fault is named.
import { Consumer360Error } from "../kernel/errors.ts";
import { catalogName } from "../model/catalog.ts";
import type { DimensionName } from "../model/dimensions.ts";
import { measureOf } from "../model/measures.ts";
import type { Scope } from "../model/scope.ts";
import type { Having, MetricsRequest } from "../query/request.ts";
import { refuseHidden } from "../query/validate.ts";
import { dimensionsOf, noShift, shiftBy } from "./metricsQuestion.ts";
import type { Selection } from "./selectedFields.ts";

const mostShifts = 4;

/** `nodes`: what is selected of the rows, under each response key. Throws FORBIDDEN or BAD_USER_INPUT. */
export function judgeMetrics(request: MetricsRequest, nodes: ReadonlyMap<string, Selection>, scope: Scope): void {
  const onEarlierRows = [...nodes.values()].flatMap(earlierDimensions);
  refuseHidden(
    request,
    scope,
    onEarlierRows.map(({ name }) => name),
  );

  judgeGroupings([...nodes]);
  const lost = onEarlierRows.find(({ name }) => !request.dimensions.includes(name));
  if (lost)
    throw refusal(
      `\`${catalogName(lost.name)}\` is selected under \`${lost.under}\`, but not in \`nodes\`: select it there as well.`,
    );
  const shifts = request.earlier?.length ?? 0;
  if (shifts > mostShifts)
    throw refusal(
      `The rows are looked up at ${shifts} earlier times; the bound is ${mostShifts}.`,
      "Ask for some of `previous` and `yearAgo` in a document of their own.",
    );
  for (const having of request.having ?? []) judgeHaving(having);
}

/** All response keys have their rows from one answer, which is grouped once. */
function judgeGroupings([first, ...more]: readonly (readonly [key: string, selection: Selection])[]): void {
  if (!first) return;
  const inOrder = (selection: Selection) => dimensionsOf(selection).toSorted().join();
  const other = more.find(([, selection]) => inOrder(selection) !== inOrder(first[1]));
  if (!other) return;
  const [one, two] = [first, other].map(([key, selection]) => ({ key, by: shownList(dimensionsOf(selection)) }));
  throw refusal(
    `\`${one?.key}\` groups the rows by ${one?.by}, \`${two?.key}\` by ${two?.by}: ask each in a \`metrics\` of its own (\`${one?.key}: metrics { nodes … } ${two?.key}: metrics { nodes … }\`).`,
  );
}

const shownList = (names: readonly DimensionName[]) =>
  names.length === 0 ? "nothing" : names.map((name) => `\`${catalogName(name)}\``).join(", ");

type OnEarlierRow = Readonly<{ name: DimensionName; under: string }>;

/** The dimensions that are selected under fields such as `previous`, however deep. */
function earlierDimensions({ fields }: Selection): OnEarlierRow[] {
  return [...fields].flatMap(([under, below]) =>
    shiftBy(under, noShift)
      ? [...dimensionsOf(below).map((name) => ({ name, under })), ...earlierDimensions(below)]
      : [],
  );
}

function judgeHaving({ measure, gte, lt }: Having): void {
  const { format } = measureOf(measure);
  // The bounds are numbers here, whatever else the query floor could compare; a text it refuses itself.
  if (format === "date")
    throw refusal(
      `\`${measure}\` is a time, and \`having\` compares numbers.`,
      "Keep rows by a measure whose format in `catalog` is not date.",
    );
  if (format !== "text" && gte === undefined && lt === undefined)
    throw refusal(`\`having\` gives no bound for \`${measure}\`: give \`gte\` or \`lt\`.`);
}

function refusal(message: string, remedy?: string): Consumer360Error {
  return new Consumer360Error("BAD_USER_INPUT", message, remedy === undefined ? {} : { remedy });
}
