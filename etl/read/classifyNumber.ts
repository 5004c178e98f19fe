// What a number's text proves about its file's decimal mark: `2.55` proves a point, `3,99` a comma, `1,234` nothing.

/** No mark at all, or no number. */
export const provesNothing = 0;
export const provesPoint = 1;
export const provesComma = 2;
/** `1.234`: a point, or thousands. */
export const eitherPoint = 3;
/** `1,234` */
export const eitherComma = 4;
/** `1,234.56`, `1,234,567`: a decimal point, and commas between groups. */
export const provesGroupedPoint = 5;
/** `1.234,56`, `1.234.567` */
export const provesGroupedComma = 6;

const point = 46;
const comma = 44;

export function classifyNumber(bytes: Uint8Array, from: number, to: number): number {
  let start = from;
  if (bytes[start] === 45 || bytes[start] === 43) start++;
  let points = 0;
  let commas = 0;
  let lastPoint = -1;
  let lastComma = -1;
  for (let i = start; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte >= 48 && byte <= 57) continue;
    if (byte === point) {
      points++;
      lastPoint = i;
    } else if (byte === comma) {
      commas++;
      lastComma = i;
    } else return provesNothing;
  }
  if (commas === 0) {
    if (points === 0) return provesNothing;
    if (points === 1) return couldGroup(bytes, start, lastPoint, to) ? eitherPoint : provesPoint;
    return isGrouped(bytes, start, to, point) ? provesGroupedComma : provesNothing;
  }
  if (points === 0) {
    if (commas === 1) return couldGroup(bytes, start, lastComma, to) ? eitherComma : provesComma;
    return isGrouped(bytes, start, to, comma) ? provesGroupedPoint : provesNothing;
  }
  if (lastPoint > lastComma)
    return points === 1 && isGrouped(bytes, start, lastPoint, comma) ? provesGroupedPoint : provesNothing;
  return commas === 1 && isGrouped(bytes, start, lastComma, point) ? provesGroupedComma : provesNothing;
}

/** Whether the only mark could stand between thousands: one to three digits before it, no leading zero, three behind. */
function couldGroup(bytes: Uint8Array, start: number, mark: number, to: number): boolean {
  return to - mark === 4 && mark > start && mark - start <= 3 && bytes[start] !== 48;
}

/** Whether digits stand in groups of three, or, as in India, in twos before the last three. */
export function isGrouped(bytes: Uint8Array, start: number, to: number, mark: number): boolean {
  let groups = 0;
  let width = 0;
  let middle = 0; // of the groups between the first and the last
  for (let i = start; i < to; i++) {
    if (bytes[i] !== mark) {
      width++;
      continue;
    }
    if (groups === 0) {
      if (width < 1 || width > 3) return false;
    } else {
      if ((width !== 2 && width !== 3) || (middle !== 0 && middle !== width)) return false;
      middle = width;
    }
    groups++;
    width = 0;
  }
  return groups > 0 && width === 3;
}
