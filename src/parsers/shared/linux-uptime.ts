/** The kernel's own clock stands before what it says: `[12345.678901] text`. */
export function withoutUptime(message: string): string {
  if (message.charCodeAt(0) !== 91) return message;
  const close = message.indexOf('] ');
  if (close === -1 || close > 24) return message;
  for (let i = 1; i < close; i++) {
    const c = message.charCodeAt(i);
    if (c !== 32 && c !== 46 && !(c >= 48 && c <= 57)) return message;
  }
  return message.slice(close + 2);
}
