import { explain as explained, NoSuchFinding } from '../detect/index.ts';
import { Report as ReportSchema } from '../model/report.ts';
import { type NamedText, RuleBookError } from './rule-book.ts';

/** One finding of a report in words. The report comes as text: what `analyze --format json` wrote. */
export function explain(report: NamedText, label: string): string {
  let content: unknown;
  try {
    content = JSON.parse(report.text);
  } catch {
    throw new RuleBookError(`${report.path}: no JSON; give what analyze --format json wrote`);
  }
  const read = ReportSchema.safeParse(content);
  if (!read.success)
    throw new RuleBookError(`${report.path}: no Aftershock report; give what analyze --format json wrote`);
  try {
    return explained(read.data, label);
  } catch (error) {
    if (error instanceof NoSuchFinding) throw new RuleBookError(`${report.path}: ${error.message}`);
    throw error;
  }
}
