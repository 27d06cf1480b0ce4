/** How grave a finding is, gravest first. */
export const LEVELS = ['critical', 'high', 'medium', 'low', 'info'] as const;
