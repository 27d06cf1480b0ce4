/** True for an IANA zone name, and for a fixed offset such as +02:00. */
export function isZone(name: string): boolean {
  if (/^[+-]\d\d:?\d\d$/.test(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name !== '';
  } catch {
    return false;
  }
}
