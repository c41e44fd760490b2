/**
 * The nearest whole number as people read it: `40,000`. Written without the locale's tables, whose first use costs as much
 * as checking a hundred lines: every check estimates.
 */
export function showCount(count: number): string {
  const whole = Math.round(count);
  if (!Number.isSafeInteger(whole) || Object.is(whole, -0)) return whole.toLocaleString("en");
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
}
