/** A scenario to begin with: every part, a comment each. It passes its own check. */
export const STARTER = `# A scenario for "aftershock scenario build" and "aftershock exercise init". Durations: PT1H30M, or 1h30m.
schema: scenario/1
id: my-scenario                     # never shown to players
title_player: Something is slow     # neutral: what somebody would say who does not know yet
title_excon: Exim is exploited, then SSH to a neighbour
seed: 1                             # the same seed gives the same bytes
clock: { start: "2026-06-01T08:00:00Z", duration: PT3H, tz: Europe/Berlin }
shift: { allowed: true, keep: [weekday, time_of_day] }
attack: { techniques: [T1210, T1059.004, T1021.004] }

world:
  hosts:
    # os: windows, linux, esxi or macos. A service needs its port if others connect to it.
    - { id: mail01, os: linux, fqdn: mail01.corp.example, ips: [10.20.1.25], services: [{ name: exim4, port: 25, user: Debian-exim }] }
    - { id: db01, os: linux, ips: [10.20.1.40], services: [{ name: sshd, port: 22 }] }
    # roles: admin, automation, resolver, controller, vcenter, storage, client
    - { id: jump, os: linux, ips: [10.20.9.5], roles: [admin] }
  external:
    - { id: mx-peers, cidr: 198.51.100.0/24 }
    - { id: stranger, ip: 203.0.113.77 }
  params: { AllowedAdminCIDRs: [10.20.9.0/24] }   # players get these

# What was collected. Leave a source out, and what it would have shown is not there.
sources:
  - { host: mail01, type: auditd }                # path: where it lies; the usual layout where absent
  - { host: mail01, type: syslog }
  - { host: sensor, type: zeek }                  # loss: 0.05, clock_skew: -2.4s

# What is ordinary, and may look like more.
noise:
  - { kind: smtp_traffic, from: mx-peers, to: mail01, rate: 20/h }
  - { kind: admin_ssh, from: jump, to: mail01, rate: 1/h }
  - { kind: vuln_scan, from: 10.20.9.50, to: mail01, at: PT20M, duration: PT5M }

# What happens. Each act leaves evidence in the sources above, and stands in the ground truth.
storyline:
  - { id: e1, at: PT1H, stage: A, act: smtp_burst, from: stranger, to: mail01, count: 30, failed: 0.6 }
  - { id: e2, at: PT1H0M14S, stage: B, act: service_crash, host: mail01, service: exim4 }
  - { id: e3, at: PT1H3M, stage: C, act: service_shell, host: mail01, parent: exim4, cmd: "id; uname -a" }
  - { id: e4, at: PT1H6M, stage: D, act: outbound, host: mail01, to: "db01:22", lineage: e3 }

# What is said, released, asked and hinted at, and when. A file that no inject releases is open from the beginning.
injects:
  - { id: I1, at: PT0M, to: players, kind: brief, text: "Helpdesk: mail is slow this morning." }
  - { id: I2, at: PT1H10M, to: players, kind: evidence, release: [mail01], text: "Here are the logs of mail01." }
  - { id: I3, at: PT1H20M, to: players, kind: question, expects: q1, text: "Where did it begin?" }
  - { id: I4, at: PT1H50M, to: players, kind: hint, cost: 10, trigger: no answer q1, text: "What did the mail daemon start?" }
  - { id: I5, at: PT2H, to: excon, kind: note, text: "Ask for a decision." }

questions:
  - { id: q1, text: "Which machine and which port did it begin with?", answer: { host: mail01, port: 25 }, points: 20 }
  - { id: q2, text: "Which machine is next?", answer: { host: [db01, 10.20.1.40] }, points: 20 }

grading: { finding: 20, false_claim: 5 }

# What an analysis and the players must find, and what nobody must.
ground_truth:
  findings:
    - { id: g1, rule: t1210-linux, host: mail01, source: stranger, stages: [A, B, C, D], severity_min: high, events: [e1, e2, e3, e4] }
  must_not:
    - { rule: t1210-*, host: mail01, within: [PT0H, PT59M], why: the scan }

# The same story with less evidence, and what can still be found then.
variants:
  no-zeek: { without: [zeek], expects: [{ finding: g1, stages: [B, C, D], severity_min: high }] }
`;
