// One question over HTTP, for checks beside the measurements.
// biome-ignore lint/suspicious/noExplicitAny: an answer of any shape
export type Data = any;

export type Reply = Readonly<{ data: Data; code: string | null; receipt: Data; headers: Headers; bytes: Buffer }>;

/** `code`: of the first error; null where there is none. */
export async function askOnce(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Reply> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const { data, errors, extensions } = JSON.parse(bytes.toString());
  const code = errors === undefined ? null : String(errors[0]?.extensions?.code ?? errors[0]?.message);
  return { data, code, receipt: extensions?.receipt, headers: response.headers, bytes };
}
