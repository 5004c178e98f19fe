// A number of a sheet as the spreadsheet shows it: at most 15 digits that count, no exponent, no zeros at the end.

const digitsShown = 15;

/** Null where the bytes show it already. */
export function showNumber(bytes: Buffer, length: number): string | null {
  let digits = 0;
  let points = 0;
  for (let i = bytes[0] === 45 ? 1 : 0; i < length; i++) {
    const byte = bytes[i] as number;
    if (byte >= 48 && byte <= 57) digits++;
    else if (byte === 46) points++;
    else digits = Number.POSITIVE_INFINITY;
  }
  const last = bytes[length - 1];
  if (digits > 0 && digits <= digitsShown && (points === 0 || (points === 1 && last !== 48 && last !== 46)))
    return null;
  const text = bytes.toString("latin1", 0, length).trim();
  const value = Number(text);
  return text === "" || !Number.isFinite(value) ? text : withoutExponent(value.toPrecision(digitsShown));
}

function withoutExponent(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d*))?(?:e([-+]\d+))?$/i.exec(text) ?? [];
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const padded = point < 1 ? `${"0".repeat(1 - point)}${digits}` : digits.padEnd(point, "0");
  const at = Math.max(1, point);
  const behind = padded.slice(at).replace(/0+$/, "");
  const before = padded.slice(0, at).replace(/^0+(?=\d)/, "");
  const shown = behind === "" ? before : `${before}.${behind}`;
  return shown === "0" ? shown : sign + shown;
}
