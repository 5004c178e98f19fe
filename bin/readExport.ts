// Reads a list of customers page by page: one snapshot, one scope, the graph's own questions, and no more than a page in memory.
import { churnRiskRows } from "../src/graph/churnRiskRows.ts";
import { customerOfRow, customersQuestion } from "../src/graph/customerQuestion.ts";
import { nameShown, rfmOf } from "../src/graph/customerTraits.ts";
import { outlookShown } from "../src/graph/outlookShown.ts";
import { assertNever, Consumer360Error } from "../src/kernel/errors.ts";
import type { Scope } from "../src/model/scope.ts";
import type { MetricRow, Outlook, RowPage, Value } from "../src/query/answer.ts";
import { type Asker, ask } from "../src/query/ask.ts";
import { askPages } from "../src/query/askPages.ts";
import type { Page } from "../src/query/request.ts";
import type { Column, ListName } from "./exportedLists.ts";
import { formatCounted } from "./formatProgress.ts";

type Asked = Readonly<{
  list: ListName;
  columns: readonly Column[];
  asker: Pick<Asker, "warehouse" | "snapshot" | "scope">;
  /** The made-up name of a customer. */
  pseudonymOf: (customerId: string) => string;
  pageSize?: number;
}>;

/** A row's values are those of the columns, in their order. */
export type ExportPage = Readonly<{ rows: readonly (readonly Value[])[]; totalCount: number }>;

/** As many as one question may bring: a page of an order by a figure costs as much as the whole list. */
const usualPage = 10_000;

/** Throws QUERY_TOO_COSTLY, before the first row, where the list is longer than the scope may have at once. */
export async function* readExport(asked: Asked): AsyncGenerator<ExportPage, void> {
  const { asker, pageSize = usualPage } = asked;
  const fields = fieldsOf(asked.columns, "Customer");
  let totalCount: number | null = null;
  const pages = askPages((page, isFirst) => askPage(asked, fields, page, isFirst), { pageSize });
  for await (const answer of pages) {
    totalCount ??= boundedCount(Number(answer.totalCount), asker.scope);
    yield { rows: await rowsOf(answer, fields, asked), totalCount };
  }
}

/** Customers with what is expected of them, where the list is of that. */
type FoundPage = RowPage<MetricRow> & Readonly<{ outlooks?: readonly Outlook[] }>;

async function askPage(
  { list, asker }: Asked,
  fields: ReadonlySet<string>,
  page: Page,
  count: boolean,
): Promise<FoundPage> {
  switch (list) {
    case "rfm":
    case "customers":
      return ask(customersQuestion(fields, { page, count }), asker);
    case "churn-risk": {
      const found = await ask({ kind: "churnRisk", page, count }, asker);
      const rows = await churnRiskRows(fields, found.rows, (request) => ask(request, asker));
      return { ...found, rows, outlooks: found.rows };
    }
    default:
      return assertNever(list);
  }
}

async function rowsOf(
  { rows, outlooks }: FoundPage,
  fields: ReadonlySet<string>,
  { columns, asker, pseudonymOf }: Asked,
): Promise<ExportPage["rows"]> {
  const customers = rows.map((row) => customerOfRow(fields, row));
  const ids = customers.map(({ id }) => id);
  const attributes = ids.length === 0 ? [] : await ask({ kind: "customerAttributes", ids }, asker);
  return customers.map((customer, at) => {
    const known = attributes[at];
    if (!known) throw new Error("A customer that has lines has no attributes.");
    const name = nameShown(asker.scope, { real: () => known.name, pseudonym: () => pseudonymOf(customer.id) });
    const outlook = outlooks?.[at];
    const exported = {
      customer,
      name,
      attributes: known,
      rfm: rfmOf(known),
      outlook: outlook ? outlookShown(outlook) : null,
    };
    return columns.map((column) => column.valueOf(exported) ?? null);
  });
}

/** The fields of one type that the columns show. */
function fieldsOf(columns: readonly Column[], type: string): ReadonlySet<string> {
  return new Set(
    columns.filter(({ field }) => field.startsWith(`${type}.`)).map(({ field }) => field.slice(type.length + 1)),
  );
}

function boundedCount(count: number, { role, mostRows }: Scope): number {
  if (mostRows === null || count <= mostRows) return count;
  throw new Consumer360Error(
    "QUERY_TOO_COSTLY",
    `The export has ${formatCounted(count, "row")}; the role ${role} may have ${formatCounted(mostRows, "row")} at once (limits.rows).`,
    { remedy: "Nothing is cut short: raise the role's limit in the policy, or export as another role." },
  );
}
