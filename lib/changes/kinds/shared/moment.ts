/** "2026-11-29 03:54 UTC", for sentences */
export const sayMoment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
