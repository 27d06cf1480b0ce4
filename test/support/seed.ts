import fc from 'fast-check';

// Properties draw from one seed, so that a run can be repeated; AFTERSHOCK_SEED draws others (`AFTERSHOCK_SEED=$RANDOM npm test`).
fc.configureGlobal({ seed: Number(process.env['AFTERSHOCK_SEED'] ?? 1210) });
