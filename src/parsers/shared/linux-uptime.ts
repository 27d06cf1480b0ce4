/** The thread or the processor that printed a line, where the kernel was built to say so: `[    T1] text`. */
const CALLER = /^\[ *[TC]\d{1,7}\] /;

/** The kernel's own clock stands before what it says: `[12345.678901] text`, `[12345.678901][    T1] text`. */
export function withoutUptime(message: string): string {
  if (message.charCodeAt(0) !== 91) return message;
  const close = message.indexOf(']');
  if (close === -1 || close > 24) return message;
  for (let i = 1; i < close; i++) {
    const c = message.charCodeAt(i);
    if (c !== 32 && c !== 46 && !(c >= 48 && c <= 57)) return message;
  }
  const next = message.charCodeAt(close + 1);
  if (next === 91) return message.slice(close + 1).replace(CALLER, '');
  return next === 32 ? message.slice(close + 2).replace(CALLER, '') : message;
}
